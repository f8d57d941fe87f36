//! Charts of a run as SVG, drawn here: lines over time, with axes that a reader can trust.

use std::fmt::Write as _;

/// Pixels of a drawing, and of its margins: left, top, right, bottom.
const SIZE: (f64, f64) = (640.0, 240.0);
const MARGIN: (f64, f64, f64, f64) = (56.0, 10.0, 12.0, 28.0);
/// Points of a line: of more the highest of neighbours is shown, so that no peak is lost.
const POINTS: usize = 1200;

/// A line: its name and its values, one a second; a gap where there is none.
pub(super) struct Line {
    pub(super) name: &'static str,
    pub(super) values: Vec<Option<f64>>,
}

/// A chart.
pub(super) struct Chart<'a> {
    pub(super) title: &'a str,
    pub(super) unit: &'a str,
    /// Seconds of each value.
    pub(super) times: &'a [f64],
    pub(super) lines: Vec<Line>,
    /// Moments that are marked, such as kills.
    pub(super) marks: &'a [f64],
}

impl Chart<'_> {
    /// As a figure of HTML.
    pub(super) fn html(&self) -> String {
        let scale = self.scale();
        let mut svg = String::new();
        self.axes(&mut svg, &scale);
        for (number, line) in self.lines.iter().enumerate() {
            let path = self.path(line, &scale);
            // Writing to a string cannot fail.
            write!(svg, r#"<path class="line c{number}" d="{path}"/>"#).unwrap_or_default();
        }
        let names = self.lines.iter().enumerate().map(|(number, line)| {
            format!(
                r#"<span class="key"><i class="k{number}"></i>{}</span>"#,
                line.name
            )
        });
        format!(
            "<figure><figcaption><b>{title}</b> <small>{unit}</small> {names}</figcaption>\
             <svg viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"{title}, {unit}, over time\">{svg}</svg></figure>\n",
            SIZE.0,
            SIZE.1,
            title = self.title,
            unit = self.unit,
            names = names.collect::<String>()
        )
    }

    fn scale(&self) -> Scale {
        let values = self.lines.iter().flat_map(|line| &line.values);
        let most = values.flatten().copied().fold(0.0, f64::max);
        let most = if most > 0.0 { most } else { 1.0 };
        Scale {
            seconds: self.times.last().copied().unwrap_or(1.0).max(1.0),
            step: step(most),
            most: (most / step(most)).ceil().max(1.0) * step(most),
        }
    }

    fn axes(&self, svg: &mut String, scale: &Scale) {
        let (left, right, bottom) = (MARGIN.0, SIZE.0 - MARGIN.2, SIZE.1 - MARGIN.3);
        let mut value = 0.0;
        while value <= scale.most + scale.step / 2.0 {
            let y = scale.y(value);
            write!(
                svg,
                r#"<path class="grid" d="M{left} {y:.1}H{right}"/><text x="{:.1}" y="{:.1}" class="end">{}</text>"#,
                left - 6.0,
                y + 4.0,
                number(value)
            )
            .unwrap_or_default();
            value += scale.step;
        }
        let every = time_step(scale.seconds);
        let mut at = 0.0;
        while at <= scale.seconds {
            let x = scale.x(at);
            write!(
                svg,
                r#"<path class="grid" d="M{x:.1} {bottom}v4"/><text x="{x:.1}" y="{:.1}" class="middle">{}</text>"#,
                bottom + 17.0,
                time(at, every)
            )
            .unwrap_or_default();
            at += every;
        }
        for mark in self.marks {
            let (x, top) = (scale.x(*mark), MARGIN.1);
            write!(svg, r#"<path class="mark" d="M{x:.1} {top}V{bottom}"/>"#).unwrap_or_default();
        }
    }

    fn path(&self, line: &Line, scale: &Scale) -> String {
        let points: Vec<_> = self.times.iter().zip(&line.values).collect();
        let share = points.len().div_ceil(POINTS).max(1);
        let mut path = String::new();
        let mut is_begun = false;
        for neighbours in points.chunks(share) {
            let values = neighbours
                .iter()
                .filter_map(|(at, value)| Some((**at, (**value)?)));
            let highest = values.max_by(|one, other| one.1.total_cmp(&other.1));
            let Some((at, value)) = highest else {
                is_begun = false;
                continue;
            };
            let command = if is_begun { 'L' } else { 'M' };
            write!(path, "{command}{:.1} {:.1}", scale.x(at), scale.y(value)).unwrap_or_default();
            is_begun = true;
        }
        path
    }
}

/// From seconds and values to pixels.
struct Scale {
    seconds: f64,
    most: f64,
    step: f64,
}

impl Scale {
    fn x(&self, at: f64) -> f64 {
        MARGIN.0 + (SIZE.0 - MARGIN.0 - MARGIN.2) * (at / self.seconds).clamp(0.0, 1.0)
    }

    fn y(&self, value: f64) -> f64 {
        let height = SIZE.1 - MARGIN.1 - MARGIN.3;
        MARGIN.1 + height * (1.0 - value / self.most)
    }
}

/// A round step between four or so lines up to a value.
fn step(most: f64) -> f64 {
    let rough = (most / 4.0).max(1e-3);
    let power = 10_f64.powf(rough.log10().floor());
    let factor = [1.0, 2.0, 2.5, 5.0, 10.0];
    let fits = factor.into_iter().find(|factor| factor * power >= rough);
    fits.unwrap_or(10.0) * power
}

/// Seconds between moments of the axis.
fn time_step(seconds: f64) -> f64 {
    let steps = [
        1.0, 2.0, 5.0, 10.0, 20.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1800.0, 3600.0, 7200.0,
    ];
    let fits = steps.into_iter().find(|step| seconds / step <= 8.0);
    fits.unwrap_or(14_400.0)
}

fn time(at: f64, step: f64) -> String {
    match (step, at) {
        (..60.0, _) => format!("{at:.0} s"),
        (60.0..3600.0, _) => format!("{:.0} min", at / 60.0),
        _ => format!("{:.0} h", at / 3600.0),
    }
}

/// A value in few letters.
pub(super) fn number(value: f64) -> String {
    let text = match value.abs() {
        0.0 => "0".to_owned(),
        1e6.. => format!("{:.1} M", value / 1e6),
        1e4.. => format!("{:.0} k", value / 1e3),
        100.0.. => format!("{value:.0}"),
        1.0.. => format!("{value:.1}"),
        _ => format!("{value:.3}"),
    };
    // `0.300` is 0.3, and `12.0 k` is 12 k.
    let (digits, unit) = text.split_once(' ').unwrap_or((&text, ""));
    let digits = match digits.contains('.') {
        true => digits.trim_end_matches('0').trim_end_matches('.'),
        false => digits,
    };
    format!("{digits} {unit}").trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chart(values: &[Option<f64>]) -> String {
        let times: Vec<f64> = (1..=values.len()).map(|at| at as f64).collect();
        let line = Line {
            name: "all",
            values: values.to_vec(),
        };
        let chart = Chart {
            title: "Deeds",
            unit: "a second",
            times: &times,
            lines: vec![line],
            marks: &[2.0],
        };
        chart.html()
    }

    #[test]
    fn steps_are_round_and_reach_the_highest_value() {
        for (most, expected) in [
            (0.9, 0.25),
            (4.0, 1.0),
            (7.0, 2.0),
            (80.0, 20.0),
            (95.0, 25.0),
            (1234.0, 500.0),
        ] {
            assert!(
                (step(most) - expected).abs() < 1e-9,
                "{most}: {}",
                step(most)
            );
        }
        assert!(step(0.0) > 0.0, "a line of zeros has an axis too");
    }

    #[test]
    fn numbers_are_short() {
        let shown = [
            0.0,
            0.3,
            0.125,
            7.0,
            7.25,
            150.0,
            1200.0,
            25_000.0,
            2_500_000.0,
        ]
        .map(number);
        let expected = [
            "0", "0.3", "0.125", "7", "7.2", "150", "1200", "25 k", "2.5 M",
        ];
        assert_eq!(shown, expected);
    }

    #[test]
    fn a_gap_interrupts_the_line() {
        let html = chart(&[Some(1.0), Some(2.0), None, Some(1.0), Some(3.0)]);
        let path = html.split("line c0\" d=\"").nth(1).unwrap();
        let path = path.split('"').next().unwrap();
        assert_eq!(
            (path.matches('M').count(), path.matches('L').count()),
            (2, 2)
        );
        assert!(html.contains("class=\"mark\""));
        assert!(!html.contains("NaN") && !chart(&[]).contains("NaN"));
    }

    #[test]
    fn no_peak_is_lost_among_many_values() {
        let mut values = vec![Some(1.0); 50_000];
        values[33_333] = Some(1000.0);
        let html = chart(&values);
        let top = format!(" {:.1}L", MARGIN.1);
        assert!(html.contains(&top), "the peak is at the top");
        assert!(html.len() < 40_000);
    }
}
