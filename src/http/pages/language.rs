//! The languages of the pages: which one somebody reads, and the texts of what works without a script.
//!
//! The texts are those of `web/src/messages`, where all texts of the pages are.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use actix_web::HttpRequest;
use actix_web::http::header::ACCEPT_LANGUAGE;

use super::assets;

/// The cookie by which somebody keeps a language other than their browser's.
const COOKIE: &str = "language";

/// A language that the pages speak.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tongue {
    English,
    German,
    Arabic,
}

/// The language of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Language {
    tongue: Tongue,
    /// Whether it was chosen with this very request, and is to be kept.
    is_new: bool,
}

type Texts = BTreeMap<String, String>;

static ENGLISH: LazyLock<Texts> = LazyLock::new(|| {
    texts(
        include_str!("../../../web/src/messages/en/shared.json"),
        include_str!("../../../web/src/messages/en/plain.json"),
    )
});
static GERMAN: LazyLock<Texts> = LazyLock::new(|| {
    texts(
        include_str!("../../../web/src/messages/de/shared.json"),
        include_str!("../../../web/src/messages/de/plain.json"),
    )
});
static ARABIC: LazyLock<Texts> = LazyLock::new(|| {
    texts(
        include_str!("../../../web/src/messages/ar/shared.json"),
        include_str!("../../../web/src/messages/ar/plain.json"),
    )
});

fn texts(shared: &str, plain: &str) -> Texts {
    let read = |json: &str| serde_json::from_str::<Texts>(json).unwrap_or_default();
    let mut texts = read(shared);
    texts.extend(read(plain));
    texts
}

impl Language {
    /// Every language: its tag and its own name.
    pub(super) const ALL: [(&'static str, &'static str); 3] =
        [("en", "English"), ("de", "Deutsch"), ("ar", "العربية")];

    /// What somebody reads: by `?language=`, else what they chose before, else what their browser asks for.
    pub(super) fn of(request: &HttpRequest) -> Self {
        let asked = request.query_string().strip_prefix("language=");
        if let Some(tongue) = asked.and_then(tongue) {
            return Self {
                tongue,
                is_new: true,
            };
        }
        let kept = request.cookie(COOKIE);
        let kept = kept.as_ref().and_then(|cookie| tongue(cookie.value()));
        let wanted = || wanted(assets::header(request, ACCEPT_LANGUAGE.as_str()));
        Self {
            tongue: kept.or_else(wanted).unwrap_or(Tongue::English),
            is_new: false,
        }
    }

    /// `en`, …
    pub(super) fn tag(self) -> &'static str {
        match self.tongue {
            Tongue::English => "en",
            Tongue::German => "de",
            Tongue::Arabic => "ar",
        }
    }

    /// `ltr` or `rtl`.
    pub(super) fn direction(self) -> &'static str {
        match self.tongue {
            Tongue::English | Tongue::German => "ltr",
            Tongue::Arabic => "rtl",
        }
    }

    /// A text; a test finds those that are missing.
    pub(super) fn text(self, name: &str) -> &'static str {
        let texts: &'static Texts = match self.tongue {
            Tongue::English => &ENGLISH,
            Tongue::German => &GERMAN,
            Tongue::Arabic => &ARABIC,
        };
        texts.get(name).map_or("", String::as_str)
    }

    /// The cookie that keeps a language that was just chosen. Pages set the same.
    pub(super) fn cookie(self) -> Option<String> {
        let tag = self.tag();
        let cookie = || format!("{COOKIE}={tag}; Path=/; Max-Age=31536000; SameSite=Lax");
        self.is_new.then(cookie)
    }
}

/// The language of a tag such as `de-AT`.
fn tongue(tag: &str) -> Option<Tongue> {
    match tag.split('-').next()?.trim().to_ascii_lowercase().as_str() {
        "en" => Some(Tongue::English),
        "de" => Some(Tongue::German),
        "ar" => Some(Tongue::Arabic),
        _ => None,
    }
}

/// The first language of ours among those that a browser names with the highest weight (RFC 9110 § 12.5.4).
fn wanted(header: &str) -> Option<Tongue> {
    let mut best = None;
    for range in header.split(',') {
        let mut parts = range.split(';');
        let tag = parts.next().unwrap_or_default();
        let weight = parts.find_map(|part| part.trim().strip_prefix("q="));
        let weight: f32 = weight.map_or(1.0, |text| text.parse().unwrap_or(0.0));
        let is_better = best.is_none_or(|(_, before)| weight > before);
        if let Some(tongue) = tongue(tag)
            && weight > 0.0
            && is_better
        {
            best = Some((tongue, weight));
        }
    }
    best.map(|(tongue, _)| tongue)
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn a_browser_gets_the_language_it_likes_best_of_ours() {
        for (header, tag) in [
            ("", "en"),
            ("fr", "en"),
            ("de-AT,de;q=0.9,en;q=0.8", "de"),
            ("fr, ar;q=0.5, en;q=0.7", "en"),
            ("AR-eg", "ar"),
            ("de;q=0, ar;q=0.1", "ar"),
            ("de;q=x", "en"),
        ] {
            let request = TestRequest::default().insert_header(("Accept-Language", header));
            let language = Language::of(&request.to_http_request());
            assert_eq!((language.tag(), language.cookie()), (tag, None), "{header}");
        }
    }

    #[test]
    fn a_choice_goes_before_the_browser_and_is_kept() {
        let request = || TestRequest::default().insert_header(("Accept-Language", "ar"));
        let kept = request().insert_header(("Cookie", "a=b; language=de"));
        assert_eq!(Language::of(&kept.to_http_request()).tag(), "de");
        let forged = request().insert_header(("Cookie", "language=<script>"));
        assert_eq!(Language::of(&forged.to_http_request()).tag(), "ar");
        let chosen = request().uri("/?language=de").to_http_request();
        let cookie = Language::of(&chosen).cookie().unwrap();
        assert!(cookie.starts_with("language=de; "), "{cookie}");
    }

    #[test]
    fn every_text_is_there_in_every_language() {
        for texts in [&*GERMAN, &*ARABIC] {
            assert!(ENGLISH.len() > 20);
            for name in ENGLISH.keys().filter(|name| name.starts_with("plain.")) {
                assert!(texts.contains_key(name), "{name}");
            }
        }
    }
}
