//! What came back.

use bytes::Bytes;
use http::HeaderMap;
use serde_json::Value;

/// An answer, read to its end.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Answer {
    /// The body as text.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON; `null` if it is none.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// A field of the body, by its pointer: `/key/id`; `null` if there is none.
    pub(crate) fn field(&self, pointer: &str) -> Value {
        at(&self.json(), pointer).clone()
    }

    /// A header, or nothing.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// Whether it is problem details with a sentence, as every refusal to a program should be.
    pub(crate) fn is_problem(&self) -> bool {
        let problem = self.json();
        self.header("content-type") == "application/problem+json"
            && at(&problem, "/status") == self.status
            && at(&problem, "/detail").as_str().is_some_and(|detail| detail.len() > 10)
            && at(&problem, "/instance") == self.header("x-request-id")
    }

    /// The cookies it sets, as `name=value; flags`.
    pub(crate) fn cookies(&self) -> Vec<String> {
        let all = self.headers.get_all("set-cookie").iter();
        all.filter_map(|value| value.to_str().ok().map(str::to_owned)).collect()
    }

    /// The status and the beginning of the body, for a report.
    pub(crate) fn in_short(&self) -> String {
        let text: String = self.text().chars().filter(|c| !c.is_control()).take(160).collect();
        format!("{} {text}", self.status)
    }

    /// The values of an attribute in a page.
    pub(crate) fn attributes(&self, name: &str) -> Vec<String> {
        let text = self.text();
        let start = format!(" {name}=\"");
        let values = text.split(start.as_str()).skip(1).filter_map(|rest| rest.split('"').next());
        values.map(|value| value.replace("&amp;", "&")).collect()
    }
}

/// A part of a value, by its pointer: `/key/id`; `null` if there is none.
pub(crate) fn at<'a>(value: &'a Value, pointer: &str) -> &'a Value {
    value.pointer(pointer).unwrap_or(&Value::Null)
}

/// Sets a field of an object.
pub(crate) fn put(value: &mut Value, field: &str, content: Value) {
    if let Some(fields) = value.as_object_mut() {
        fields.insert(field.to_owned(), content);
    }
}
