//! A multipart body, put together by hand so that it may also be wrong.

/// A body in the making.
pub(crate) struct Body(Vec<u8>);

const BOUNDARY: &str = "----a-boundary-of-tests";

impl Body {
    pub(crate) fn new() -> Self {
        Self(Vec::new())
    }

    /// A file part.
    pub(crate) fn file(self, part: &str, name: &str, bytes: &[u8]) -> Self {
        let head = format!(
            "Content-Disposition: form-data; name=\"{part}\"; filename=\"{name}\"\r\n\
             Content-Type: application/octet-stream\r\n"
        );
        self.part(&head, bytes)
    }

    /// A text part.
    pub(crate) fn text(self, part: &str, text: &str) -> Self {
        let head = format!("Content-Disposition: form-data; name=\"{part}\"\r\n");
        self.part(&head, text.as_bytes())
    }

    /// A part with this head.
    pub(crate) fn part(mut self, head: &str, bytes: &[u8]) -> Self {
        let begin = format!("--{BOUNDARY}\r\n{head}\r\n");
        self.0.extend_from_slice(begin.as_bytes());
        self.0.extend_from_slice(bytes);
        self.0.extend_from_slice(b"\r\n");
        self
    }

    /// Its type and its bytes.
    pub(crate) fn end(mut self) -> (String, Vec<u8>) {
        let end = format!("--{BOUNDARY}--\r\n");
        self.0.extend_from_slice(end.as_bytes());
        (kind(), self.0)
    }

    /// Its type and its bytes, without the end.
    pub(crate) fn broken_off(self) -> (String, Vec<u8>) {
        (kind(), self.0)
    }
}

fn kind() -> String {
    format!("multipart/form-data; boundary={BOUNDARY}")
}
