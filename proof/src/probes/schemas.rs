//! What the description of the API says about bodies and parameters: where an id belongs.

use serde_json::{Map, Value, json};

use crate::client::at;

/// Stands where an id is to come.
const MARK: &str = "an id belongs here";
/// Schemas that hold themselves are not followed further.
const DEEPEST: u32 = 6;

/// Bodies of that schema, each with everything that has to be there and a mark in another place for an id.
pub(super) fn bodies_with_ids(document: &Value, schema: &Value) -> Vec<Value> {
    with_ids(document, schema, DEEPEST)
}

/// The body with an id instead of the mark.
pub(super) fn filled(body: &Value, id: &str) -> Value {
    match body {
        Value::String(text) if text == MARK => json!(id),
        Value::Array(items) => items.iter().map(|item| filled(item, id)).collect(),
        Value::Object(fields) => {
            let fields = fields.iter().map(|(name, value)| (name.clone(), filled(value, id)));
            Value::Object(fields.collect())
        }
        other => other.clone(),
    }
}

/// Names of parameters behind the question mark that name something: ids, actors, and where a list goes on.
pub(super) fn questions(document: &Value, parameters: &Value) -> Vec<String> {
    let parameters = parameters.as_array().into_iter().flatten().map(|found| resolved(document, found));
    let asked = parameters.filter(|parameter| at(parameter, "/in") == "query");
    let names = asked.filter_map(|parameter| {
        let name = at(parameter, "/name").as_str()?;
        let is_one = is_id(name, resolved(document, at(parameter, "/schema")));
        (is_one || ["actor", "cursor", "subject"].contains(&name)).then(|| name.to_owned())
    });
    names.collect()
}

fn is_id(name: &str, schema: &Value) -> bool {
    at(schema, "/format") == "uuid" || name == "id" || name.ends_with("_id") || name.ends_with("_ids")
}

fn resolved<'a>(document: &'a Value, schema: &'a Value) -> &'a Value {
    let reference = at(schema, "/$ref").as_str().and_then(|reference| reference.strip_prefix('#'));
    reference.map_or(schema, |pointer| at(document, pointer))
}

/// Every schema that a value may have: `null` or something is that thing.
fn choices<'a>(document: &'a Value, schema: &'a Value) -> Vec<&'a Value> {
    let schema = resolved(document, schema);
    let several =
        ["/oneOf", "/anyOf", "/allOf"].iter().filter_map(|name| at(schema, name).as_array()).flatten();
    let several: Vec<&Value> = several.map(|found| resolved(document, found)).collect();
    if several.is_empty() { vec![schema] } else { several }
}

fn with_ids(document: &Value, schema: &Value, depth: u32) -> Vec<Value> {
    let Some(depth) = depth.checked_sub(1) else { return Vec::new() };
    let mut bodies = Vec::new();
    for schema in choices(document, schema) {
        if let Some(items) = schema.get("items") {
            bodies.extend(with_ids(document, items, depth).into_iter().map(|item| json!([item])));
        }
        for (name, field) in at(schema, "/properties").as_object().into_iter().flatten() {
            let found = choices(document, field).into_iter().any(|field| is_id(name, field));
            let values = if found { vec![marked(document, field)] } else { with_ids(document, field, depth) };
            for value in values {
                let mut body = example(document, schema, depth);
                body.insert(name.clone(), value);
                bodies.push(Value::Object(body));
            }
        }
    }
    bodies
}

fn marked(document: &Value, field: &Value) -> Value {
    let is_list = choices(document, field).iter().any(|field| field.get("items").is_some());
    if is_list { json!([MARK]) } else { json!(MARK) }
}

/// What an object of that schema has to have at least.
fn example(document: &Value, schema: &Value, depth: u32) -> Map<String, Value> {
    let names = at(schema, "/required").as_array().into_iter().flatten().filter_map(Value::as_str);
    let field = |name: &str| value_of(document, at(schema, &format!("/properties/{name}")), depth);
    names.map(|name| (name.to_owned(), field(name))).collect()
}

/// Some value of that schema.
fn value_of(document: &Value, schema: &Value, depth: u32) -> Value {
    let (Some(depth), Some(schema)) = (depth.checked_sub(1), choices(document, schema).last().copied())
    else {
        return Value::Null;
    };
    // The last one is what does most.
    if let Some(most) = at(schema, "/enum").as_array().and_then(|values| values.last()) {
        return most.clone();
    }
    match at(schema, "/type").as_str() {
        Some("object") => Value::Object(example(document, schema, depth)),
        Some("array") => json!([value_of(document, at(schema, "/items"), depth)]),
        Some("boolean") => json!(false),
        Some("integer" | "number") => schema.get("minimum").cloned().unwrap_or(json!(0)),
        Some("string") if at(schema, "/format") == "uuid" => json!(MARK),
        _ => json!("2026-01"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document() -> Value {
        json!({ "components": { "schemas": {
            "Change": { "type": "object", "properties": {
                "for_everyone": { "type": ["boolean", "null"] },
                "people": { "type": "array", "items": { "$ref": "#/components/schemas/Given" } },
                "owner_id": { "oneOf": [{ "type": "null" }, { "type": "string" }] },
            } },
            "Given": { "type": "object", "required": ["id", "access"], "properties": {
                "id": { "type": "string", "format": "uuid" },
                "access": { "type": "string", "enum": ["none", "read"] },
            } },
        } } })
    }

    #[test]
    fn an_id_comes_wherever_the_description_wants_one() {
        let document = document();
        let mut bodies: Vec<Value> =
            bodies_with_ids(&document, &json!({ "$ref": "#/components/schemas/Change" }))
                .iter()
                .map(|body| filled(body, "7"))
                .collect();
        bodies.sort_by_key(ToString::to_string);
        let given = json!({ "people": [{ "id": "7", "access": "read" }] });
        assert_eq!(bodies, [json!({ "owner_id": "7" }), given]);
    }

    #[test]
    fn parameters_that_name_somebody_are_found() {
        let parameters = json!([
            { "name": "actor", "in": "query", "schema": { "type": "string" } },
            { "name": "limit", "in": "query", "schema": { "type": "integer" } },
            { "name": "file", "in": "query", "schema": { "type": "string", "format": "uuid" } },
            { "name": "id", "in": "path", "schema": { "type": "string", "format": "uuid" } },
        ]);
        assert_eq!(questions(&document(), &parameters), ["actor", "file"]);
    }
}
