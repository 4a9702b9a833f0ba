//! How the names of an exercise look.

use rustc_hash::FxHashMap;

use super::Name;
use crate::notation::{Symbol, symbol_for};

/// The look of names: what the file's `display`s say, else what the name itself does.
pub struct NameSymbols<'e> {
    displays: FxHashMap<&'e Name, &'e Symbol>,
}

impl<'e> NameSymbols<'e> {
    /// The looks that those `display`s leave or give.
    pub fn new(displays: &'e [(Name, Symbol)]) -> Self {
        Self { displays: displays.iter().map(|(name, symbol)| (name, symbol)).collect() }
    }

    /// The look of a name: its own `display`, its family's with the indices, or what the name says.
    pub fn symbol(&self, name: &Name) -> Symbol {
        match self.display_of(name) {
            Some((styled, symbol)) if styled == name => symbol.clone(),
            Some((_, family)) => family.clone().with_indices(&name.indices),
            None => symbol_for(&name.base, &name.indices),
        }
    }

    /// The `display` that decides the look of a name, with what it styles: the name itself or its family.
    pub fn display_of(&self, name: &Name) -> Option<(&'e Name, &'e Symbol)> {
        let find =
            |name: &Name| self.displays.get_key_value(name).map(|(name, symbol)| (*name, *symbol));
        if self.displays.is_empty() {
            return None;
        }
        find(name).or_else(|| {
            let is_member = !name.indices.is_empty();
            is_member.then(|| find(&Name::plain(name.base.clone()))).flatten()
        })
    }
}
