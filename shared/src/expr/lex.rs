//! Source text to tokens, with XPath's rule for `*`, `and`, `or`, `div`, `mod`: operators where an
//! operand has just ended, names elsewhere.

use super::ast::Op;
use super::fault::ExprFault;

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    Number(f64),
    Text(String),
    Name(String),
    Op(Op),
    Star,
    Slash,
    DoubleSlash,
    DoubleColon,
    Bar,
    /// `$name`.
    Variable,
    /// `prefix:*`.
    AnyOfPrefix,
    Dot,
    DotDot,
    At,
    Comma,
    Open,
    Close,
    OpenSquare,
    CloseSquare,
}

/// Longest expression accepted, in tokens; also bounds how deep an operator chain can get.
const MAX_TOKENS: usize = 2_000;

/// Tokens, each with the character (from 1) it starts at.
pub(super) fn lex(source: &str) -> Result<Vec<(usize, Token)>, ExprFault> {
    let chars: Vec<char> = source.chars().collect();
    let mut tokens: Vec<(usize, Token)> = Vec::new();
    let mut i = 0;
    while let Some(&c) = chars.get(i) {
        if matches!(c, ' ' | '\n' | '\t' | '\u{c}' | '\r') {
            i += 1;
            continue;
        }
        if tokens.len() >= MAX_TOKENS {
            return Err(ExprFault::TooComplex);
        }
        let from = i;
        let operand = tokens.last().is_some_and(|(_, t)| ends_operand(t));
        let two = |second: char| chars.get(from + 1) == Some(&second);
        let token = match c {
            '(' => Token::Open,
            ')' => Token::Close,
            '[' => Token::OpenSquare,
            ']' => Token::CloseSquare,
            ',' => Token::Comma,
            '|' => Token::Bar,
            ':' if two(':') => double(&mut i, Token::DoubleColon),
            '@' => Token::At,
            '+' => Token::Op(Op::Add),
            '-' => Token::Op(Op::Subtract),
            '=' => Token::Op(Op::Equal),
            '*' if operand => Token::Op(Op::Multiply),
            '*' => Token::Star,
            '!' if two('=') => double(&mut i, Token::Op(Op::NotEqual)),
            '<' if two('=') => double(&mut i, Token::Op(Op::LessEqual)),
            '>' if two('=') => double(&mut i, Token::Op(Op::GreaterEqual)),
            '<' => Token::Op(Op::Less),
            '>' => Token::Op(Op::Greater),
            '/' if two('/') => double(&mut i, Token::DoubleSlash),
            '/' => Token::Slash,
            '.' if two('.') => double(&mut i, Token::DotDot),
            '0'..='9' | '.' => {
                let is_digit = |k: usize| chars.get(k).is_some_and(char::is_ascii_digit);
                if c == '.' && !is_digit(i + 1) {
                    Token::Dot
                } else {
                    while is_digit(i) {
                        i += 1;
                    }
                    if chars.get(i) == Some(&'.') {
                        i += 1;
                        while is_digit(i) {
                            i += 1;
                        }
                    }
                    let text: String = chars[from..i].iter().collect();
                    i -= 1;
                    Token::Number(text.parse().map_err(|_| unexpected(from, &text))?)
                }
            }
            '\'' | '"' => {
                let length = chars[i + 1..].iter().position(|x| *x == c);
                let length = length.ok_or(ExprFault::Incomplete)?;
                i += length + 1;
                Token::Text(chars[from + 1..i].iter().collect())
            }
            '$' if chars.get(i + 1).is_some_and(|c| starts_name(*c)) => {
                i = name_end(&chars, i + 1) - 1;
                Token::Variable
            }
            // After an operand only an operator can stand, even without a space behind it.
            'a'..='z' if operand => {
                let (op, length) = word(&chars[i..]).ok_or_else(|| {
                    let word: String = chars[i..name_end(&chars, i)].iter().collect();
                    unexpected(from, &word)
                })?;
                i += length - 1;
                Token::Op(op)
            }
            _ if starts_name(c) && !operand => {
                i = name_end(&chars, i);
                if chars.get(i) == Some(&':') && chars.get(i + 1) == Some(&'*') {
                    i += 1;
                    Token::AnyOfPrefix
                } else {
                    let name = chars[from..i].iter().collect();
                    i -= 1;
                    Token::Name(name)
                }
            }
            _ if starts_name(c) => {
                let word: String = chars[i..name_end(&chars, i)].iter().collect();
                return Err(unexpected(from, &word));
            }
            _ => return Err(unexpected(from, &c.to_string())),
        };
        tokens.push((from + 1, token));
        i += 1;
    }
    Ok(tokens)
}

fn double(i: &mut usize, token: Token) -> Token {
    *i += 1;
    token
}

fn unexpected(from: usize, found: &str) -> ExprFault {
    let visible = |c: char| !c.is_whitespace() && !c.is_control();
    let found = match found.chars().next() {
        Some(c) if !visible(c) => format!("U+{:04X}", u32::from(c)),
        _ => format!("\"{found}\""),
    };
    ExprFault::Unexpected { at: from + 1, found }
}

/// JavaRosa's letters: scripts without upper and lower case are not among them.
fn starts_name(c: char) -> bool {
    c.is_lowercase() || c.is_uppercase() || c == '_'
}

/// The end of a name that starts at `i`, with at most one prefix (`jr:choice-name`).
fn name_end(chars: &[char], mut i: usize) -> usize {
    let part = |mut i: usize| {
        while chars
            .get(i)
            .is_some_and(|c| starts_name(*c) || c.is_ascii_digit() || matches!(c, '-' | '.'))
        {
            i += 1;
        }
        i
    };
    i = part(i);
    if chars.get(i) == Some(&':') && chars.get(i + 1).is_some_and(|c| starts_name(*c)) {
        i = part(i + 1);
    }
    i
}

/// The operator that a word begins with.
fn word(chars: &[char]) -> Option<(Op, usize)> {
    let words = [("and", Op::And), ("or", Op::Or), ("div", Op::Divide), ("mod", Op::Modulo)];
    let (word, op) =
        words.into_iter().find(|(w, _)| chars.iter().copied().take(w.len()).eq(w.chars()))?;
    Some((op, word.len()))
}

fn ends_operand(token: &Token) -> bool {
    matches!(
        token,
        Token::Number(_)
            | Token::Text(_)
            | Token::Name(_)
            | Token::Star
            | Token::Variable
            | Token::AnyOfPrefix
            | Token::Dot
            | Token::DotDot
            | Token::Close
            | Token::CloseSquare
    )
}
