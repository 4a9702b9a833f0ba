//! A sheet from its first line to its last: what each line establishes, and whether it is true.

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{Pow, Signed};

use crate::formula::{self, Names, Reading, Value};

/// A line of a display: a left side, and forms with the relation before each.
struct Chain {
    left: String,
    links: Vec<(String, String)>,
    reasons: Vec<String>,
}

/// Checks every relation of a sheet; returns how many were evaluated. A brief sheet names derivatives that it
/// does not derive; forms with those are passed over.
pub(crate) fn check(page: &str, is_brief: bool) -> Result<usize, String> {
    let body = page.split(r"\begin{document}").nth(1).unwrap_or(page);
    let body = body.split(r"\section*{Summary}").next().unwrap_or(body);
    let mut names = Names::new();
    let mut count = 0;
    let mut is_network = false;
    for (position, piece) in body.split(r"\begin{align*}").enumerate() {
        let (display, text) = match piece.split_once(r"\end{align*}") {
            Some((display, text)) if position > 0 => (Some(display), text),
            _ => (None, piece),
        };
        if let Some(display) = display {
            // The network itself is stated before any value is known.
            if !is_network {
                count += check_display(display, &mut names, is_brief)?;
            }
        }
        is_network = text.trim_end().ends_with(r"\section*{The network}");
        count += read_text(text, &mut names);
    }
    Ok(count)
}

/// What the text gives: `$x = 1$`, `$w_0 = w_1 = \frac{1}{2}$`, `$\eta = 1$`.
fn read_text(text: &str, names: &mut Names) -> usize {
    let mut count = 0;
    for math in text.split('$').skip(1).step_by(2) {
        let sides: Vec<&str> = math.split(" = ").collect();
        let Some((value, lefts)) = sides.split_last().filter(|(_, lefts)| !lefts.is_empty()) else {
            continue;
        };
        let Ok(reading) = formula::evaluate(value, &Names::new()) else { continue };
        for left in lefts {
            if let Some(name) = formula::symbol(left) {
                names.insert(name, Value { number: reading.number.clone(), is_rounded: false });
                count += 1;
            }
        }
    }
    // A given that is rounded itself, `$x = \hat{x} \approx 0.333$`.
    for math in text.split('$').skip(1).step_by(2) {
        let Some((lefts, value)) = math.split_once(r" \approx ") else { continue };
        let Ok(reading) = formula::evaluate(value, &Names::new()) else { continue };
        for name in lefts.split(" = ").filter_map(formula::symbol) {
            names.insert(name, Value { number: reading.number.clone(), is_rounded: true });
            count += 1;
        }
    }
    count
}

fn check_display(display: &str, names: &mut Names, is_brief: bool) -> Result<usize, String> {
    let chains = chains(display)?;
    // Updates happen all at once, after their display.
    let is_update = chains.iter().any(|chain| chain.links.iter().any(|(r, _)| r == r"\leftarrow"));
    let before = names.clone();
    // A goal stands before what it rests on: first every line's result is read.
    for chain in &chains {
        let (_, last) = chain.links.last().ok_or("a line without a form")?;
        if let Some(name) = formula::symbol(&chain.left) {
            let reading = match formula::evaluate(last, &Names::new()) {
                Ok(reading) => reading,
                // A letter for a wide part: its line holds a formula and no result.
                Err(_) => formula::evaluate(last, names)?,
            };
            let is_rounded = reading.is_rounded || chain.links.iter().any(|(r, _)| r == r"\approx");
            let value = Value { number: reading.number, is_rounded };
            // Through an identity node two derivatives are established by one line.
            for (_, form) in &chain.links {
                if let Some(passed) = formula::symbol(form).filter(|name| name.starts_with(r"\pdv"))
                {
                    names.insert(passed, value.clone());
                }
            }
            names.insert(name, value);
        } else {
            return Err(format!("`{}` is no name", chain.left));
        }
    }
    let known = if is_update { &before } else { &*names };
    let mut count = 0;
    for chain in &chains {
        count += check_chain(chain, known, is_brief)
            .map_err(|error| format!("{error}\n  in {} {:?}", chain.left, chain.links))?;
    }
    Ok(count)
}

fn check_chain(chain: &Chain, names: &Names, is_brief: bool) -> Result<usize, String> {
    // The first left side of an update is the old value; what `←` gives is compared from there on.
    let mut previous: Option<Reading> = None;
    let mut count = 0;
    if chain.links[0].0 != r"\leftarrow" {
        let name = formula::symbol(&chain.left).ok_or("no name on the left")?;
        let value = names.get(&name).ok_or_else(|| format!("`{name}` is not known"))?;
        previous = Some(Reading { number: value.number.clone(), is_rounded: value.is_rounded });
    }
    for (relation, form) in &chain.links {
        let reading = match formula::evaluate(form, names) {
            Err(error) if is_brief && error.contains(r"`\pdv") => continue,
            other => other?,
        };
        if let Some(previous) = &previous {
            let rounded = relation == r"\approx" || previous.is_rounded || reading.is_rounded;
            let agree = if rounded {
                near(&previous.number, &reading.number)
            } else {
                previous.number == reading.number
            };
            if !agree {
                return Err(format!("{} {relation} {} is false", previous.number, reading.number));
            }
            count += 1;
        }
        previous = Some(reading);
    }
    for reason in &chain.reasons {
        count += check_reason(reason, names)?;
    }
    Ok(count)
}

/// Whether two rounded figures can be the same quantity.
fn near(left: &BigRational, right: &BigRational) -> bool {
    let size = left.abs().max(right.abs());
    let slack = BigRational::new(BigInt::from(1), BigInt::from(60));
    let floor = BigRational::new(BigInt::from(1), BigInt::from(10).pow(2_u32));
    (left - right).abs() <= size * slack + floor
}

/// `z_1 = \frac{1}{4} > 0`: every link is true.
fn check_reason(reason: &str, names: &Names) -> Result<usize, String> {
    let mut count = 0;
    for part in reason.split(r"\text{ and }") {
        let part = part.replace(r"\text{ (by convention)}", "");
        let tokens = formula::tokens(&part);
        let is_relation = |t: &String| {
            matches!(t.as_str(), "=" | "<" | ">" | r"\le" | r"\ge" | r"\ne" | r"\approx")
        };
        let mut sides: Vec<Vec<String>> = vec![Vec::new()];
        let mut relations = Vec::new();
        let mut depth = 0_i32;
        for token in tokens {
            match token.as_str() {
                "{" | "(" | r"\begin" => depth += 1,
                "}" | ")" | r"\end" => depth -= 1,
                _ => {}
            }
            if depth == 0 && is_relation(&token) {
                relations.push(token);
                sides.push(Vec::new());
            } else if let Some(last) = sides.last_mut() {
                last.push(token);
            }
        }
        let readings = sides
            .iter()
            .map(|side| formula::evaluate(&side.join(" "), names))
            .collect::<Result<Vec<_>, _>>()?;
        for (pair, relation) in readings.windows(2).zip(&relations) {
            let rounded = relation == r"\approx" || pair[0].is_rounded || pair[1].is_rounded;
            let holds = if rounded {
                relation != r"\approx" && relation != "=" || near(&pair[0].number, &pair[1].number)
            } else {
                formula::compare(&pair[0].number, relation, &pair[1].number)?
            };
            if !holds {
                return Err(format!("the reason {part} is false"));
            }
            count += 1;
        }
    }
    Ok(count)
}

/// The lines of a display, joined to chains.
fn chains(display: &str) -> Result<Vec<Chain>, String> {
    let mut chains: Vec<Chain> = Vec::new();
    let mut text = String::new();
    for line in display.lines() {
        if line.trim_start().starts_with(r"\intertext") {
            text.push_str(r" \\ ");
            continue;
        }
        text.push_str(line);
        text.push('\n');
    }
    for row in split_rows(&text) {
        let row = row.trim();
        if row.is_empty() {
            continue;
        }
        if let Some(reason) = braced(row, r"\reasonbelow") {
            chains.last_mut().ok_or("a reason before any line")?.reasons.push(reason);
            continue;
        }
        let (row, reason) = match row.find(r"\reason{") {
            Some(at) => (&row[..at], braced(&row[at..], r"\reason")),
            None => (row, None),
        };
        if let Some(left) = row.strip_prefix(r"\MoveEqLeft[1]") {
            chains.push(Chain {
                left: left.trim().to_owned(),
                links: Vec::new(),
                reasons: Vec::new(),
            });
            continue;
        }
        let (left, rest) = row.split_once('&').ok_or_else(|| format!("no alignment in {row}"))?;
        if !left.trim().is_empty() {
            chains.push(Chain {
                left: left.trim().to_owned(),
                links: Vec::new(),
                reasons: Vec::new(),
            });
        }
        let chain = chains.last_mut().ok_or("a form before any left side")?;
        for (relation, form) in split_relations(rest) {
            match (relation, chain.links.last_mut()) {
                (Some(relation), _) => chain.links.push((relation, form)),
                // A continuation line goes on with the form before.
                (None, Some(last)) => {
                    last.1.push(' ');
                    last.1.push_str(&form);
                }
                (None, None) => return Err(format!("a form without a relation: {row}")),
            }
        }
        chain.reasons.extend(reason);
    }
    // The general form of the chain rule names local partials that only the next form spells out.
    for chain in &mut chains {
        let last = chain.links.len().saturating_sub(1);
        let mut position = 0;
        chain.links.retain(|(_, form)| {
            position += 1;
            position > last || !names_local_partials(form)
        });
    }
    Ok(chains)
}

/// A form in which some ∂ is not of the objective, or is its direct part: it cannot be evaluated from
/// what the sheet establishes, and the form after it says the same with expressions in place.
fn names_local_partials(form: &str) -> bool {
    let form = form.replace(' ', "");
    let mut objectives: Vec<&str> = Vec::new();
    for piece in form.split(r"\pdv{").skip(1) {
        let end = piece.char_indices().scan(1, |depth, (at, c)| {
            match c {
                '{' => *depth += 1,
                '}' => *depth -= 1,
                _ => {}
            }
            Some((at, *depth))
        });
        let at = end.into_iter().find(|(_, depth)| *depth == 0).map_or(0, |(at, _)| at);
        objectives.push(&piece[..at]);
    }
    form.contains(r"\directpart") || objectives.iter().any(|of| *of != objectives[0])
}

/// Rows end at `\\` outside of braces and of case distinctions.
fn split_rows(text: &str) -> Vec<String> {
    let mut rows = vec![String::new()];
    let mut in_cases = 0;
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        if rest.starts_with(r"\begin{cases}") {
            in_cases += 1;
        } else if rest.starts_with(r"\end{cases}") {
            in_cases -= 1;
        }
        if rest.starts_with(r"\\") && in_cases == 0 {
            rows.push(String::new());
            rest = &rest[2..];
            continue;
        }
        if let Some(row) = rows.last_mut() {
            row.push(c);
        }
        rest = &rest[c.len_utf8()..];
    }
    rows
}

/// Forms with the relation before each, outside of parentheses, braces and case distinctions.
fn split_relations(text: &str) -> Vec<(Option<String>, String)> {
    let mut forms: Vec<(Option<String>, String)> = vec![(None, String::new())];
    let mut depth = 0_i32;
    for token in formula::tokens(text) {
        match token.as_str() {
            "{" | "(" | r"\begin" => depth += 1,
            "}" | ")" | r"\end" => depth -= 1,
            _ => {}
        }
        if depth <= 0 && matches!(token.as_str(), "=" | r"\approx" | r"\leftarrow") {
            forms.push((Some(token), String::new()));
            continue;
        }
        if let Some((_, form)) = forms.last_mut() {
            form.push_str(&token);
            form.push(' ');
        }
    }
    forms.retain(|(relation, form)| relation.is_some() || !form.trim().is_empty());
    forms
}

/// The argument of a command at the start of `text`.
fn braced(text: &str, command: &str) -> Option<String> {
    let inner = text.strip_prefix(command)?.strip_prefix('{')?;
    let mut depth = 1;
    for (at, c) in inner.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some(inner[..at].to_owned());
        }
    }
    None
}
