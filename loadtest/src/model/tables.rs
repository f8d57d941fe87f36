//! The tables of the model, as they stand in CAPACITY.md.

use super::installation::{
    COMPLAINTS, EVENTS, HEADROOM, INSTALLATIONS, LISTS, Need, PHOTOS, STORM,
};
use super::measured::{Measured, Source};

const MIB: f64 = 1_048_576.0;
const GIB: f64 = 1024.0 * MIB;

/// All of them.
pub(super) fn tables(measured: &Measured) -> String {
    [
        carried(measured),
        needed(measured),
        grown(measured),
        told(
            "A soak with kills",
            measured.soak.as_ref(),
            "play --profile soak --seconds 2000 --kills --keep soak-kills",
        ),
        told(
            "Beside the common alternative",
            measured.peer.as_ref(),
            "peer",
        ),
    ]
    .join("\n")
}

fn carried(measured: &Measured) -> String {
    let sockets = (GIB - measured.base_bytes) / measured.socket_bytes;
    let memory = format!(
        "{:.1} KiB each, beside {:.0} MiB of the server without any",
        measured.socket_bytes / 1024.0,
        measured.base_bytes / MIB
    );
    [
        "### What one core and one GiB carry\n\n".to_owned(),
        row(&["what", "one core carries", "that is", "raw result"]),
        "|---|---|---|---|\n".to_owned(),
        writes(measured),
        reads(measured),
        photos(measured),
        "\n".to_owned(),
        row(&["what", "one GiB carries", "that is", "raw result"]),
        "|---|---|---|---|\n".to_owned(),
        row(&[
            "idle sockets",
            &count(sockets),
            &memory,
            &measured.idle.file,
        ]),
    ]
    .concat()
}

/// What a core does of something that takes so many microseconds of it.
fn rate(us: f64) -> String {
    format!("{} a second", count(1e6 / us))
}

fn writes(measured: &Measured) -> String {
    let (server, database) = (measured.cycle_server_us, measured.cycle_database_us);
    let sustained = measured.submissions_sustained;
    [
        row(&[
            "submissions, the server alone",
            &rate(measured.submission_us),
            &format!("{:.0} µs of its CPU each", measured.submission_us),
            &measured.submissions.file,
        ]),
        row(&[
            "submissions without a pause, with PostgreSQL and the clients",
            &format!("{} a second", count(sustained / 2.0)),
            &format!("{} a second on two cores", count(sustained)),
            &measured.submissions.file,
        ]),
        row(&[
            "life cycles at a million complaints, with PostgreSQL",
            &rate(server + database),
            &format!("{server:.0} µs of the server and {database:.0} µs of PostgreSQL each"),
            &measured.life.file,
        ]),
    ]
    .concat()
}

fn reads(measured: &Measured) -> String {
    let each = |what: &str, us: f64, digits: usize, file: &str| {
        row(&[what, &rate(us), &format!("{us:.digits$} µs each"), file])
    };
    let (crowd, region) = (measured.delivery_crowd_us, measured.delivery_region_us);
    let (flood, back) = (&measured.flood.file, &measured.reconnect.file);
    let lists = format!(
        "p50 of the middle question {:.1} ms, p95 of the slowest {:.0} ms",
        measured.list_p50_ms, measured.list_p95_ms
    );
    [
        each(
            "deliveries of events to thousands of sockets",
            crowd,
            1,
            flood,
        ),
        each(
            "deliveries to some hundred sockets a region",
            region,
            1,
            flood,
        ),
        each(
            "sockets that come back and catch up on 50 events",
            measured.return_us,
            0,
            back,
        ),
        row(&[
            "lists, searches and statistics at a million complaints",
            &rate(measured.list_p50_ms * 1e3),
            &lists,
            &measured.lists.file,
        ]),
    ]
    .concat()
}

fn photos(measured: &Measured) -> String {
    let what = "photos of 3 MP";
    match &measured.photos {
        Some((source, cost)) => {
            let cost_ms = cost / 1e3;
            let each = format!(
                "{cost_ms:.0} ms of the server's CPU each; upload, pushes and half a submission are in it"
            );
            row(&[what, &rate(*cost), &each, &source.file])
        }
        None => {
            let how = "`redress-loadtest play … --keep play-photos` ([how](docs/LOADTESTING.md#the-model))";
            row(&[what, "not measured yet", how, ""])
        }
    }
}

fn needed(measured: &Measured) -> String {
    let needs: Vec<Need> = INSTALLATIONS.iter().map(|one| one.need(measured)).collect();
    let line = |what: &str, cell: &dyn Fn(&Need) -> String| {
        let cells: Vec<String> = needs.iter().map(cell).collect();
        row(&[what, &cells[0], &cells[1], &cells[2]])
    };
    let people = INSTALLATIONS.map(|one| {
        let (people, officers) = (count(one.people), count(one.officers));
        format!(
            "{}: {people} people, {} regions, {officers} officers online with {} regions each",
            one.name, one.regions, one.each
        )
    });
    let photos = match measured.photos {
        Some(_) => "",
        None => " Photos are not in it: their cost is not measured yet.",
    };
    [
        format!(
            "### What a town, a city and a state need\n\nAssumed: {}; {COMPLAINTS} complaints of a thousand people in a year, \
             in the busiest hour {STORM} times the year's mean; {EVENTS} events and {PHOTOS} photos of a complaint; an officer \
             opens {LISTS} lists an hour. All else is measured.{photos}\n\n",
            people.join("; ")
        ),
        row(&["in the busiest hour", "town", "city", "state"]),
        "|---|---|---|---|\n".to_owned(),
        line("complaints in a year", &|need| count(need.complaints)),
        line("submissions a second", &|need| small(need.submissions)),
        line("events a second", &|need| small(need.events)),
        line("deliveries a second", &|need| small(need.deliveries)),
        line("lists a second", &|need| small(need.lists)),
        line("photos a second", &|need| small(need.photos)),
        line("CPU of the server, of a core", &|need| share(need.server)),
        line("of it for photos", &|need| need.for_photos.map_or("-".into(), share)),
        line("CPU of PostgreSQL, of a core", &|need| share(need.database)),
        line("memory of the server at most", &|need| format!("{:.0} MiB", need.bytes / MIB)),
        line("CPU when all sockets come back at once", &|need| format!("{} s of a core", small(need.coming_back))),
        line(&format!("cores for both, with {HEADROOM} times the room"), &|need| format!("{}", need.cores())),
    ]
    .concat()
}

fn grown(measured: &Measured) -> String {
    let photo = match &measured.photos {
        Some((_, cost)) => format!(" + {:.0} ms × photos", cost / 1e3),
        None => String::new(),
    };
    format!(
        "### How each grows\n\n\
         - CPU of the server a second = {:.0} µs × complaints (their whole life) + {:.1} µs × deliveries{photo}.\n\
         - Deliveries = events × officers who watch their region. Officers and complaints both grow with people, so deliveries \
         grow with the **square** of a region's size; more regions of the same size only add up.\n\
         - CPU of PostgreSQL a second = {:.0} µs × complaints + {:.1} ms × lists.\n\
         - Memory of the server = {:.0} MiB + {:.1} KiB × sockets + at most 1 MiB × regions that are watched.\n\
         - A wave to all of a region's sockets is one turn of a worker: {:.1} µs × sockets, in which it answers nobody.\n\
         - After a cut all sockets come back: {:.0} µs × sockets.\n",
        measured.cycle_server_us,
        measured.delivery_region_us,
        measured.cycle_database_us,
        measured.list_p50_ms,
        measured.base_bytes / MIB,
        measured.socket_bytes / 1024.0,
        measured.delivery_crowd_us,
        measured.return_us,
    )
}

/// A result as it is told in its own report.
fn told(title: &str, source: Option<&Source>, command: &str) -> String {
    let Some(source) = source else {
        return format!(
            "### {title}\n\n`target/release/redress-loadtest {command}`: not measured yet.\n"
        );
    };
    let rows = source.told().into_iter().map(|told| {
        let from = told.from.replace('|', "\\|");
        row(&[&told.what, &told.value, &told.target, &from])
    });
    format!(
        "### {title}\n\n`target/release/redress-loadtest {command}` → `loadtest/results/{}`\n\n{}|---|---|---|---|\n{}",
        source.file,
        row(&["question", "measured", "target", "from"]),
        rows.collect::<String>()
    )
}

fn row(cells: &[&str]) -> String {
    format!("| {} |\n", cells.join(" | "))
}

/// Three figures are all that a measurement is good for.
fn count(value: f64) -> String {
    let power = 10_f64.powf((value.max(1.0).log10().floor() - 2.0).max(0.0));
    let digits = format!("{:.0}", (value / power).round() * power);
    let groups = digits
        .as_bytes()
        .rchunks(3)
        .rev()
        .map(String::from_utf8_lossy);
    groups.collect::<Vec<_>>().join(" ")
}

/// Few letters for what may be far below one.
fn small(value: f64) -> String {
    match value {
        100.0.. => count(value),
        10.0.. => format!("{value:.0}"),
        1.0.. => format!("{value:.1}"),
        0.1.. => format!("{value:.2}"),
        _ => format!("{value:.3}"),
    }
}

fn share(cores: f64) -> String {
    match cores {
        0.1.. => format!("{:.0} %", cores * 100.0),
        0.001.. => format!("{:.1} %", cores * 100.0),
        _ => "< 0.1 %".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_figures_are_told() {
        let told = [0.4, 7.0, 123.4, 15_683.0, 173_612.0, 10_000_000.0].map(count);
        assert_eq!(told, ["0", "7", "123", "15 700", "174 000", "10 000 000"]);
        assert_eq!(
            [0.0076, 0.19, 3.8, 22.6, 1426.0].map(small),
            ["0.008", "0.19", "3.8", "23", "1 430"]
        );
        assert_eq!(
            [0.0004, 0.012, 0.34, 1.2].map(share),
            ["< 0.1 %", "1.2 %", "34 %", "120 %"]
        );
    }
}
