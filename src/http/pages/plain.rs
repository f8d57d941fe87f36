//! Pieces of HTML for pages without a script. Every text goes through [`escaped`]: nothing that people write is HTML.

use super::language::Language;

/// A text as HTML shows it, in elements and in quoted attributes.
pub(super) fn escaped(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            other => html.push(other),
        }
    }
    html
}

/// The frame of a plain page: brand and languages above, `body` below. `path` is its own address.
pub(super) fn framed(path: &str, title: &str, lead: &str, body: &str) -> String {
    let link = |(tag, name): (&str, &str)| {
        format!("<a href=\"{path}?language={tag}\" lang=\"{tag}\" hreflang=\"{tag}\">{name}</a>")
    };
    let languages: Vec<String> = Language::ALL.into_iter().map(link).collect();
    format!(
        "<header class=\"bar\"><div><a class=\"brand\" href=\"/\"><img src=\"/icon.svg\" alt=\"\" width=\"30\" \
         height=\"30\" />Redress</a><nav class=\"end row small\">{}</nav></div></header>\n\
         <main class=\"page\"><header><h1>{}</h1><p class=\"lead\">{}</p></header>\n{body}</main>",
        languages.join(" "),
        escaped(title),
        escaped(lead),
    )
}

/// A box with a text that must be seen.
pub(super) fn notice(kind: &str, text: &str) -> String {
    format!(
        "<p class=\"notice {kind}\" role=\"alert\">{}</p>\n",
        escaped(text)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_write_is_no_html() {
        let text = escaped("<img src=x onerror=\"a('&')\">");
        assert_eq!(
            text,
            "&lt;img src=x onerror=&quot;a(&#39;&amp;&#39;)&quot;&gt;"
        );
    }
}
