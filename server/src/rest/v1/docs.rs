//! The page that documents the API: made from its description, without any script.

use std::fmt::{self, Display, Write};

use axum::{
    http::header,
    response::{Html, IntoResponse, Response},
};
use serde_json::Value;

const STYLE: &str = include_str!("docs.css");

/// Every operation with its parameters, body and answers.
pub(crate) fn page(document: &Value, nonce: &str) -> Response {
    let policy = format!(
        "default-src 'none'; style-src 'nonce-{nonce}'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    );
    let mut html = String::new();
    let _infallible = write_page(&mut html, document, nonce);
    ([(header::CONTENT_SECURITY_POLICY, policy)], Html(html)).into_response()
}

/// Text that stays text inside HTML.
struct Text<'a>(&'a str);

impl Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for c in self.0.chars() {
            match c {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                other => f.write_char(other)?,
            }
        }
        Ok(())
    }
}

fn text(value: &Value) -> Text<'_> {
    Text(value.as_str().unwrap_or_default())
}

/// Sentences in which names of the program stand between backticks.
struct Prose<'a>(&'a str);

impl Display for Prose<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts = self.0.split('`');
        if let Some(words) = parts.next() {
            Text(words).fmt(f)?;
        }
        while let Some(name) = parts.next() {
            write!(f, "<code>{}</code>{}", Text(name), Text(parts.next().unwrap_or_default()))?;
        }
        Ok(())
    }
}

fn prose(value: &Value) -> Prose<'_> {
    Prose(value.as_str().unwrap_or_default())
}

/// What the pointer (RFC 6901) leads to; null if nothing.
fn at<'a>(value: &'a Value, pointer: &str) -> &'a Value {
    value.pointer(pointer).unwrap_or(&Value::Null)
}

fn items(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

fn write_page(html: &mut String, document: &Value, nonce: &str) -> fmt::Result {
    let info = &document["info"];
    write!(
        html,
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>{title} · Quartile</title><link rel=\"icon\" href=\"/favicon.svg\"><style nonce=\"{nonce}\">{STYLE}</style></head><body><header><a href=\"/\">Quartile</a></header><main><h1>{title}</h1><p>{about}</p><p>The same for programs: <a href=\"/api/v1/openapi.json\">openapi.json</a> (OpenAPI 3.1).</p>",
        title = text(&info["title"]),
        about = prose(&info["description"])
    )?;
    html.push_str("<h2>Begin</h2><pre tabindex=\"0\">curl -H \"Authorization: Bearer mk_live_…\" https://quartile.example/api/v1/metrics/series?metrics=mrr</pre>");
    let tags = document["tags"].as_array().into_iter().flatten();
    for tag in tags {
        write_tag(html, document, tag)?;
    }
    html.push_str("</main></body></html>");
    Ok(())
}

fn write_tag(html: &mut String, document: &Value, tag: &Value) -> fmt::Result {
    let name = tag["name"].as_str().unwrap_or_default();
    let operations: Vec<_> = items(&document["paths"])
        .flat_map(|(path, item)| items(item).map(move |(method, operation)| (path, method, operation)))
        .filter(|(_, _, operation)| at(operation, "/tags/0") == name)
        .collect();
    if operations.is_empty() {
        return Ok(());
    }
    write!(html, "<section><h2 id=\"{0}\">{1}</h2>", Text(name), text(&tag["description"]))?;
    for (path, method, operation) in operations {
        write_operation(html, document, (path, method), operation)?;
    }
    html.push_str("</section>");
    Ok(())
}

fn write_operation(
    html: &mut String,
    document: &Value,
    (path, method): (&str, &str),
    operation: &Value,
) -> fmt::Result {
    write!(
        html,
        "<article id=\"{id}\"><h3><span class=\"method\">{method}</span> <code>/api/v1{path}</code></h3><p>{summary}</p>",
        id = text(&operation["operationId"]),
        method = method.to_uppercase(),
        path = Text(path),
        summary = prose(&operation["summary"])
    )?;
    write!(html, "<p class=\"who\">{}</p>", Text(&who(operation)))?;
    let parameters: Vec<&Value> = operation["parameters"].as_array().into_iter().flatten().collect();
    if !parameters.is_empty() {
        html.push_str("<h4>Parameters</h4><dl>");
        for parameter in parameters {
            let about = parameter["description"].as_str().unwrap_or_else(|| usual(parameter));
            write!(
                html,
                "<dt><code>{}</code> <span>{}</span></dt><dd>{}</dd>",
                text(&parameter["name"]),
                text(&parameter["in"]),
                Prose(about)
            )?;
        }
        html.push_str("</dl>");
    }
    let body = at(operation, "/requestBody/content/application~1json/schema");
    if !body.is_null() {
        html.push_str("<h4>Body</h4>");
        write_schema(html, document, body)?;
    }
    html.push_str("<h4>Answers</h4>");
    for (status, answer) in items(&operation["responses"]) {
        let schema = at(answer, "/content/application~1json/schema");
        if status.starts_with('2') {
            write!(html, "<p><strong>{status}</strong></p>")?;
            write_schema(html, document, schema)?;
        }
    }
    let refusals: Vec<&str> = items(&operation["responses"])
        .map(|(status, _)| status.as_str())
        .filter(|status| !status.starts_with('2'))
        .collect();
    if !refusals.is_empty() {
        write!(html, "<p>Refusals, as problem details: {}</p>", refusals.join(", "))?;
    }
    html.push_str("</article>");
    Ok(())
}

fn who(operation: &Value) -> String {
    match at(operation, "/security/0/bearer").as_array().map(Vec::as_slice) {
        None => "Open to everybody.".to_owned(),
        Some([]) => "For people who are signed in; no key may call it.".to_owned(),
        Some([scope, ..]) => format!("Needs the scope {}.", scope.as_str().unwrap_or_default()),
    }
}

fn usual(parameter: &Value) -> &'static str {
    match parameter["name"].as_str() {
        Some("Quartile-Workspace") => "Which workspace, for people who belong to several.",
        Some("id") => "Which one.",
        _ => "",
    }
}

/// The fields of a type; a list or a page is named as such.
fn write_schema(html: &mut String, document: &Value, schema: &Value) -> fmt::Result {
    let schema = resolved(document, schema);
    if schema.is_null() {
        return Ok(());
    }
    if let Some(first) = schema["oneOf"].get(0) {
        // They differ in what values mean, and not in their fields.
        return write_schema(html, document, first);
    }
    if schema["type"] == "array" {
        html.push_str("<p>A list of:</p>");
        return write_schema(html, document, &schema["items"]);
    }
    let parts: Vec<&Value> = schema["allOf"].as_array().into_iter().flatten().collect();
    html.push_str("<dl>");
    for part in std::iter::once(schema).chain(parts.into_iter().map(|part| resolved(document, part))) {
        for (name, field) in items(&part["properties"]) {
            write!(
                html,
                "<dt><code>{}</code> <span>{}</span></dt><dd>{}</dd>",
                Text(name),
                Text(&kind(field)),
                prose(&field["description"])
            )?;
        }
    }
    html.push_str("</dl>");
    for (_, field) in items(&schema["properties"]) {
        if field["type"] == "array" && !at(field, "/items/$ref").is_null() {
            html.push_str("<p>Each item:</p>");
            write_schema(html, document, &field["items"])?;
        }
    }
    Ok(())
}

fn resolved<'a>(document: &'a Value, schema: &'a Value) -> &'a Value {
    match schema["$ref"].as_str() {
        Some(reference) => document.pointer(reference.trim_start_matches('#')).unwrap_or(&Value::Null),
        None => schema,
    }
}

fn kind(field: &Value) -> String {
    let of = |kind: &Value| kind.as_str().unwrap_or_default().to_owned();
    match &field["type"] {
        Value::Array(kinds) => kinds.iter().map(of).collect::<Vec<_>>().join(" or "),
        Value::String(kind) => kind.clone(),
        _ => "object".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every text in it.
    fn texts(value: &Value) -> Vec<&str> {
        match value {
            Value::String(text) => vec![text],
            Value::Array(values) => values.iter().flat_map(texts).collect(),
            Value::Object(fields) => fields.values().flat_map(texts).collect(),
            _ => Vec::new(),
        }
    }

    #[test]
    fn every_operation_is_on_the_page_and_text_stays_text() {
        let document = serde_json::to_value(super::super::description(1000)).unwrap();
        let mut html = String::new();
        write_page(&mut html, &document, "n").unwrap();
        for (path, item) in items(&document["paths"]) {
            assert!(html.contains(&format!("<code>/api/v1{path}</code>")), "{path}");
            for (_, operation) in items(item) {
                let id = operation["operationId"].as_str().unwrap();
                assert!(html.contains(&format!("<article id=\"{id}\">")), "{id}");
            }
        }
        assert_eq!(Text("<b>\"&\"</b>").to_string(), "&lt;b&gt;&quot;&amp;&quot;&lt;/b&gt;");
        assert_eq!(Prose("From `a<b>` to `c`").to_string(), "From <code>a&lt;b&gt;</code> to <code>c</code>");
        assert!(html.contains("<code>POST /auth/signin</code>, or uses a key"));
        assert!(!html.contains('`'), "{}", html.split('`').nth(1).unwrap_or_default());
        let unclosed = texts(&document).into_iter().find(|text| text.matches('`').count() % 2 == 1);
        assert_eq!(unclosed, None);
        assert!(!html.contains("<script"));
        // What a page of a list holds is shown too: members, keys, background work.
        for field in ["joined_at", "last_used_at", "attempts"] {
            assert!(html.contains(&format!("<dt><code>{field}</code>")), "{field}");
        }
        let listed = document.pointer("/components/schemas/Page_Member/properties/items/items/$ref");
        assert_eq!(listed, Some(&Value::from("#/components/schemas/Member")));
        assert!(document.pointer("/components/schemas/Member/properties/role/enum").is_some());
    }
}
