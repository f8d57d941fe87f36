//! What a person sees of the feed: one line an event on standard output, everything else on standard error.

use std::io::{self, IsTerminal, Write};

use anstyle::{AnsiColor, Style};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::Value;

use super::detail::detail;
use super::presence;

/// Characters of a description or comment that are shown.
const TEXT_SHOWN: usize = 60;
/// Complaints of a snapshot that are listed.
const LISTED_MOST: usize = 20;

/// Where and how the feed is shown.
pub(super) struct Screen {
    json: bool,
    painter: Painter,
}

impl Screen {
    /// Shows raw JSON or, for people, lines; with colours on a terminal where they are wanted.
    pub(super) fn new(json: bool) -> Self {
        let colours = io::stdout().is_terminal() && crate::config::wants_colours();
        let painter = Painter {
            colours,
            zone: TimeZone::system(),
        };
        Self { json, painter }
    }

    /// Shows one event, given as the JSON that came.
    pub(super) fn event(&self, raw: &str) -> io::Result<()> {
        let line = match serde_json::from_str(raw) {
            Ok(event) if !self.json => self.painter.event(&event),
            Ok(_) | Err(_) => raw.to_owned(),
        };
        writeln!(io::stdout(), "{line}")
    }

    /// Shows a message about presence or claims, given as the JSON that came.
    pub(super) fn presence(&self, raw: &str) -> io::Result<()> {
        let mut out = io::stdout().lock();
        match serde_json::from_str(raw) {
            Ok(message) if !self.json => {
                let now = self.painter.time(&Timestamp::now().to_string());
                let region: String = text(&message, "region");
                for (word, what) in presence::lines(&message, |at| self.painter.time(at)) {
                    let (time, dimmed) = (&now, Style::new().dimmed());
                    let time = self.painter.paint(dimmed, time);
                    writeln!(out, "{time} {region:<14} {word:<14} {what}")?;
                }
                Ok(())
            }
            Ok(_) | Err(_) => writeln!(out, "{raw}"),
        }
    }

    /// Shows the open complaints of a region. Machines asked for events alone.
    pub(super) fn snapshot(&self, region: &str, complaints: &[Value]) -> io::Result<()> {
        let number = complaints.len();
        let noun = if number == 1 {
            "complaint"
        } else {
            "complaints"
        };
        if self.json {
            return self.notice(&format!("{region}: {number} open {noun}"));
        }
        let mut out = io::stdout().lock();
        writeln!(out, "{region}: {number} open {noun}")?;
        let hidden = number.saturating_sub(LISTED_MOST);
        if hidden > 0 {
            writeln!(out, "  … {hidden} older ones")?;
        }
        // Newest last, like the events that follow.
        let mut newest: Vec<_> = complaints.iter().collect();
        newest.sort_by_key(|complaint| text(complaint, "created_at"));
        for complaint in newest.into_iter().skip(hidden) {
            writeln!(out, "  {}", self.painter.complaint(complaint))?;
        }
        Ok(())
    }

    /// Tells the person something that is no event.
    pub(super) fn notice(&self, text: &str) -> io::Result<()> {
        writeln!(io::stderr(), "{}", printable(text))
    }
}

struct Painter {
    colours: bool,
    zone: TimeZone,
}

impl Painter {
    fn event(&self, event: &Value) -> String {
        let place = format!("{}#{}", text(event, "region"), number(event, "seq"));
        let kind = text(event, "kind");
        let kind = kind.strip_prefix("complaint.").unwrap_or(&kind).to_owned();
        let none = Value::Null;
        let complaint = event.get("complaint").unwrap_or(&none);
        let step = event.get("change").and_then(|change| change.get("status"));
        let from = step
            .map(|step| text(step, "from"))
            .filter(|from| !from.is_empty());
        let status = text(complaint, "status");
        let status = from.map_or_else(|| status.clone(), |from| format!("{from}→{status}"));
        format!(
            "{} {} {} {} {}",
            self.paint(Style::new().dimmed(), &self.time(&text(event, "at"))),
            self.paint(Style::new().bold(), &format!("{place:<14}")),
            self.paint(colour_of_kind(&kind), &format!("{kind:<14}")),
            format_args!("{status:<12}"),
            self.rest(complaint, &detail(event)),
        )
    }

    fn complaint(&self, complaint: &Value) -> String {
        let time = self.time(&text(complaint, "created_at"));
        let status = text(complaint, "status");
        format!(
            "{} {status:<12} {}",
            self.paint(Style::new().dimmed(), &time),
            self.rest(complaint, "")
        )
    }

    /// What the complaint is about, behind the words for what happened to it.
    fn rest(&self, complaint: &Value, happened: &str) -> String {
        let severity = text(complaint, "severity");
        let description = cut(&text(complaint, "description"));
        let shown = if happened.is_empty() {
            description
        } else {
            let description = self.paint(Style::new().dimmed(), &description);
            format!("{happened} — {description}")
        };
        format!(
            "{} {:<15} {shown}",
            self.paint(colour_of_severity(&severity), &format!("{severity:<8}")),
            text(complaint, "category"),
        )
    }

    /// The time of day here; what is no time is shown as it is.
    fn time(&self, at: &str) -> String {
        at.parse::<Timestamp>().map_or_else(
            |_| format!("{at:<8}"),
            |at| {
                at.to_zoned(self.zone.clone())
                    .strftime("%H:%M:%S")
                    .to_string()
            },
        )
    }

    fn paint(&self, style: Style, text: &str) -> String {
        if self.colours {
            format!("{style}{text}{style:#}")
        } else {
            text.to_owned()
        }
    }
}

fn colour_of_kind(kind: &str) -> Style {
    match kind {
        "created" => AnsiColor::Green.on_default(),
        "status_changed" => AnsiColor::Cyan.on_default(),
        "assigned" => AnsiColor::Magenta.on_default(),
        "escalated" => AnsiColor::Red.on_default().bold(),
        "moved_out" | "moved_in" => AnsiColor::Yellow.on_default(),
        _ => AnsiColor::Blue.on_default(),
    }
}

fn colour_of_severity(severity: &str) -> Style {
    match severity {
        "critical" => AnsiColor::Red.on_default().bold(),
        "high" => AnsiColor::Red.on_default(),
        "medium" => AnsiColor::Yellow.on_default(),
        _ => Style::new().dimmed(),
    }
}

/// The beginning of a long text.
pub(super) fn cut(text: &str) -> String {
    let mut shown: String = text.chars().take(TEXT_SHOWN).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    shown
}

/// A text member, fit for a terminal; empty when it is none.
pub(super) fn text(value: &Value, member: &str) -> String {
    printable(
        value
            .get(member)
            .and_then(Value::as_str)
            .unwrap_or_default(),
    )
}

/// A member as JSON; empty when it is not there.
pub(super) fn number(value: &Value, member: &str) -> String {
    value.get(member).map(Value::to_string).unwrap_or_default()
}

/// Without what could move the cursor, change colours or turn the direction of the text: residents
/// write the descriptions, and a terminal obeys what it is sent.
fn printable(text: &str) -> String {
    let harmful = |c: char| {
        c.is_control()
            || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{2028}' | '\u{2029}')
    };
    text.chars()
        .map(|c| if harmful(c) { ' ' } else { c })
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn painted(colours: bool, event: &Value) -> String {
        Painter {
            colours,
            zone: TimeZone::UTC,
        }
        .event(event)
    }

    fn example(description: &str) -> Value {
        json!({"type": "event", "region": "north", "seq": 4712, "kind": "complaint.status_changed",
            "at": "2026-11-23T14:03:22.123Z", "change": {"status": {"from": "reported", "to": "in_progress"}},
            "complaint": {"status": "in_progress", "severity": "high", "category": "pothole",
                "description": description}})
    }

    #[test]
    fn an_event_is_one_readable_line() {
        let line = painted(false, &example("Deep hole"));
        let words: Vec<_> = line.split_whitespace().collect();
        let expected = [
            "14:03:22",
            "north#4712",
            "status_changed",
            "reported→in_progress",
            "high",
            "pothole",
            "Deep",
            "hole",
        ];
        assert_eq!(words, expected);
    }

    #[test]
    fn what_happened_stands_before_the_description() {
        let mut event = example("Deep hole");
        event["change"]["comment"] = json!("crew is coming");
        let line = painted(false, &event);
        assert!(line.ends_with(" “crew is coming” — Deep hole"), "{line}");
    }

    #[test]
    fn colours_are_only_there_when_wanted() {
        assert!(painted(true, &example("x")).contains('\u{1b}'));
        assert!(!painted(false, &example("x")).contains('\u{1b}'));
    }

    #[test]
    fn a_description_cannot_control_the_terminal_and_is_cut() {
        let nasty = format!("\u{1b}[2J\u{202e}a\nb{}", "ä".repeat(100));
        let line = painted(false, &example(&nasty));
        assert!(!line.contains(['\u{1b}', '\u{202e}', '\n']));
        assert!(line.ends_with("ä…"));
    }

    #[test]
    fn an_event_of_an_unknown_shape_is_shown_as_far_as_known() {
        let line = painted(
            false,
            &json!({"region": "north", "seq": 3, "kind": "photo.added"}),
        );
        assert!(line.contains("north#3") && line.contains("photo.added"));
    }
}
