//! What the description of the API says besides what stands at each operation: what every operation may answer, and the exact form of
//! texts that come out of lists of the program.

use std::collections::BTreeSet;

use metrics::MetricKey;
use serde_json::Value;
use utoipa::{
    Number,
    openapi::{
        ContentBuilder, Object, OneOfBuilder, OpenApi as Document, Ref, RefOr, Required, Response,
        ResponseBuilder, Schema, Type,
        path::{Operation, Parameter, ParameterBuilder, ParameterIn},
        schema::{AdditionalProperties, ArrayItems, ObjectBuilder, SchemaType},
    },
};

use super::shapes;

/// Where these begin, a request is not carried out once by its key.
const NOT_REPEATED: [&str; 5] =
    ["/auth/", "/users/", "/invitations/accept", "/workspaces/current/transfer", "/data/uploads"];

/// Adds what every operation may answer whatever it does, and what it may be sent.
pub(super) fn complete(document: &mut Document) {
    refer_to_items(document);
    let refusals = [("429", "Too often; Retry-After says when to come back"), ("503", "Not now; try again")];
    for (path, item) in &mut document.paths.paths {
        if let Some(post) =
            item.post.as_mut().filter(|_| !NOT_REPEATED.iter().any(|beginning| path.starts_with(beginning)))
        {
            post.parameters.get_or_insert_default().push(idempotency_key().into());
            let responses = &mut post.responses.responses;
            let busy = refusal("What is there does not allow it, or the same request is being carried out");
            responses.entry("409".to_owned()).or_insert_with(|| busy.into());
            let other = refusal("Something is wrong, or the key was used for another request");
            responses.entry("422".to_owned()).or_insert_with(|| other.into());
        }
        let operations =
            [&mut item.get, &mut item.post, &mut item.put, &mut item.patch, &mut item.delete, &mut item.head];
        for operation in operations.into_iter().flatten() {
            for (status, response) in &mut operation.responses.responses {
                let is_refusal = status.starts_with(['4', '5']);
                if let RefOr::T(response) = response
                    && let Some(content) =
                        is_refusal.then(|| response.content.shift_remove("application/json")).flatten()
                {
                    response.content.insert("application/problem+json".to_owned(), content);
                }
            }
            for (status, words) in refusals {
                operation.responses.responses.insert(status.to_owned(), refusal(words).into());
            }
        }
    }
}

/// Has pages of lists refer to what they list, so that it is described once and under its own name.
fn refer_to_items(document: &mut Document) {
    let Some(components) = document.components.as_mut() else { return };
    let known: BTreeSet<String> = components.schemas.keys().cloned().collect();
    for (name, schema) in &mut components.schemas {
        let item = name.strip_prefix("Page_").filter(|item| known.contains(*item));
        if let (Some(item), RefOr::T(Schema::Object(page))) = (item, schema)
            && let Some(RefOr::T(Schema::Array(list))) = page.properties.get_mut("items")
        {
            list.items = Ref::from_schema_name(item).into();
        }
    }
}

fn refusal(words: &str) -> Response {
    let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
    ResponseBuilder::new().description(words).content("application/problem+json", content).build()
}

fn idempotency_key() -> Parameter {
    ParameterBuilder::new()
        .name("Idempotency-Key")
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some(
            "A random text of the caller's choice, up to 255 letters, digits and signs. The same request under the same key is carried out once, and answered as the first time for a day",
        ))
        .schema(Some(ObjectBuilder::new().schema_type(Type::String).pattern(Some(shapes::KEY))))
        .build()
}

/// What the values of a field are.
enum Form {
    /// Texts of this pattern.
    Like(String),
    /// One of these texts.
    In(Vec<&'static str>),
}

/// Says of fields and parameters exactly what they may be. Returns those that the description does not have, which is a mistake in the lists
/// below.
pub(super) fn narrow(document: &mut Document, most_upload_bytes: u64) -> Vec<String> {
    let mut missing = Vec::new();
    for (schema, name, form) in fields() {
        match field(document, schema, name) {
            Some(found) => take_form(found, form),
            None => missing.push(format!("{schema}.{name}")),
        }
    }
    for (operation, name, form) in parameters(most_upload_bytes) {
        match parameter(document, operation, name) {
            Some(found) => take_form(found, form),
            None => missing.push(format!("{operation} {name}")),
        }
    }
    match document.components.as_mut().and_then(|it| it.schemas.get_mut("UploadForm")) {
        Some(RefOr::T(Schema::Object(form))) => form.additional_properties = Some(nothing_else()),
        _ => missing.push("UploadForm".to_owned()),
    }
    match document.components.as_mut().and_then(|it| it.schemas.get_mut("RoleChange")) {
        Some(RefOr::T(Schema::Object(change))) => {
            (change.min_properties, change.max_properties) = (Some(1), Some(1));
        }
        _ => missing.push("RoleChange".to_owned()),
    }
    let observation = document.components.as_mut().and_then(|it| it.schemas.get_mut("OneObservation"));
    match observation {
        Some(RefOr::T(found)) => by_range(found),
        _ => missing.push("OneObservation".to_owned()),
    }
    missing
}

fn fields() -> Vec<(&'static str, &'static str, Form)> {
    use Form::{In, Like};
    let roles = || In(kernel::Role::ALL.map(kernel::Role::key).to_vec());
    let scopes = || In(kernel::Scope::ALL.map(kernel::Scope::key).to_vec());
    let industries = || In(accounts::Industry::ALL.iter().map(|it| it.key()).collect());
    let stages = || In(accounts::Stage::ALL.iter().map(|it| it.key()).collect());
    let countries = || In(accounts::COUNTRIES.iter().map(|(code, _)| *code).collect());
    let currencies = || In(kernel::Currency::ALL.iter().map(|it| it.code()).collect());
    let personal = || In(datasets::PersonalData::ALL.iter().map(|it| it.key()).collect());
    let encodings = || In(datasets::TextEncoding::ALL.iter().map(|it| it.key()).collect());
    let delimiters = || In(datasets::Delimiter::ALL.iter().map(|it| it.key()).collect());
    let kinds = || In(datasets::ColumnKind::all().map(datasets::ColumnKind::key).collect());
    let metrics = || In(MetricKey::all().map(MetricKey::as_str).collect());
    vec![
        ("RoleChange", "role", roles()),
        ("Invite", "role", roles()),
        ("Invite", "email", Like(shapes::email())),
        ("Member", "role", roles()),
        ("Invitation", "role", roles()),
        ("KeyWish", "name", Like(shapes::line())),
        ("KeyWish", "scopes", scopes()),
        ("KeyWish", "networks", Like(shapes::network())),
        ("Key", "scopes", scopes()),
        ("NewWorkspace", "name", Like(shapes::line())),
        ("CompanyChange", "name", Like(shapes::line())),
        ("CompanyChange", "industry", industries()),
        ("CompanyChange", "stage", stages()),
        ("CompanyChange", "country", countries()),
        ("CompanyChange", "currency", Like(shapes::currency())),
        ("Company", "industry", industries()),
        ("Company", "stage", stages()),
        ("Company", "country", countries()),
        ("Company", "currency", currencies()),
        ("ChosenColumn", "used_for", Like(shapes::used_for())),
        ("ClassifiedColumn", "personal", personal()),
        ("ChosenFormat", "encoding", encodings()),
        ("ChosenFormat", "delimiter", delimiters()),
        ("ChosenKind", "read_as", kinds()),
        ("FileFormat", "encoding", encodings()),
        ("FileFormat", "delimiter", delimiters()),
        ("ShownColumn", "read_as", kinds()),
        ("ShownColumn", "personal", personal()),
        ("NewObservations", "currency", Like(shapes::currency())),
        ("Series", "currency", currencies()),
        ("OneSeries", "metric", metrics()),
        ("Change", "metric", metrics()),
        ("Definition", "key", metrics()),
        ("Standing", "currency", currencies()),
        ("Position", "metric", metrics()),
        ("File", "state", In(vec!["reading", "ready", "unreadable"])),
        ("UploadForm", "file", Like(shapes::ROWS.to_owned())),
    ]
}

fn parameters(most_upload_bytes: u64) -> Vec<(&'static str, &'static str, Form)> {
    use Form::{In, Like};
    let by_time = || Like(shapes::CURSOR_BY_TIME.to_owned());
    vec![
        ("show_columns", "personal", In(vec!["shown"])),
        ("audit", "cursor", Like(shapes::CURSOR.to_owned())),
        ("audit", "action", Like(shapes::plain())),
        ("audit", "actor", Like(shapes::plain())),
        ("list_file_problems", "cursor", Like(shapes::CURSOR.to_owned())),
        ("list_import_problems", "cursor", Like(shapes::CURSOR.to_owned())),
        ("list_files", "cursor", by_time()),
        ("list_imports", "cursor", by_time()),
        ("list_jobs", "cursor", by_time()),
        ("list_keys", "cursor", by_time()),
        ("list_members", "cursor", by_time()),
        ("list_reports", "cursor", by_time()),
        ("series", "metrics", Like(shapes::metrics())),
        ("series", "currency", Like(shapes::currency())),
        ("begin_upload", "Upload-Length", Like(shapes::number(1, most_upload_bytes))),
        ("begin_upload", "Upload-Metadata", Like(shapes::metadata())),
        ("send_piece", "Upload-Offset", Like(shapes::number(0, most_upload_bytes))),
    ]
}

fn field<'a>(document: &'a mut Document, schema: &str, name: &str) -> Option<&'a mut Object> {
    match document.components.as_mut()?.schemas.get_mut(schema)? {
        RefOr::T(Schema::Object(found)) => innermost(found.properties.get_mut(name)?),
        // The fields of another type and those of its own.
        RefOr::T(Schema::AllOf(parts)) => parts.items.iter_mut().find_map(|part| match part {
            RefOr::T(Schema::Object(found)) => innermost(found.properties.get_mut(name)?),
            _ => None,
        }),
        _ => None,
    }
}

fn parameter<'a>(document: &'a mut Document, operation: &str, name: &str) -> Option<&'a mut Object> {
    let items = document.paths.paths.values_mut();
    let all = items.flat_map(|it| [&mut it.get, &mut it.post, &mut it.put, &mut it.patch, &mut it.delete]);
    let is_it = |found: &&mut Operation| found.operation_id.as_deref() == Some(operation);
    let found = all.flatten().find(is_it)?;
    let mut parameters = found.parameters.as_mut()?.iter_mut().filter_map(|it| match it {
        RefOr::T(parameter) => Some(parameter),
        RefOr::Ref(_) => None,
    });
    innermost(parameters.find(|parameter| parameter.name == name)?.schema.as_mut()?)
}

/// The values themselves: of a list, those in it.
fn innermost(schema: &mut RefOr<Schema>) -> Option<&mut Object> {
    match schema {
        RefOr::T(Schema::Object(found)) => Some(found),
        RefOr::T(Schema::Array(list)) => match &mut list.items {
            ArrayItems::RefOrSchema(items) => innermost(items),
            ArrayItems::False => None,
        },
        _ => None,
    }
}

fn take_form(object: &mut Object, form: Form) {
    match form {
        Form::Like(pattern) => object.pattern = Some(pattern),
        Form::In(texts) => {
            let is_optional =
                matches!(&object.schema_type, SchemaType::Array(types) if types.contains(&Type::Null));
            let values = texts.into_iter().map(Value::from);
            object.enum_values = Some(values.chain(is_optional.then_some(Value::Null)).collect());
        }
    }
}

fn nothing_else() -> Box<AdditionalProperties<Schema>> {
    Box::new(AdditionalProperties::FreeForm(false))
}

/// Tells figures apart by the metrics whose values lie in the same range.
fn by_range(schema: &mut Schema) {
    let Schema::Object(base) = schema else { return };
    let mut groups: Vec<((f64, f64), Vec<&'static str>)> = Vec::new();
    for key in MetricKey::all() {
        let range = (key.metric().valid.least, key.metric().valid.most);
        match groups.iter_mut().find(|(known, _)| *known == range) {
            Some((_, keys)) => keys.push(key.as_str()),
            None => groups.push((range, vec![key.as_str()])),
        }
    }
    let variants = groups.into_iter().map(|((least, most), keys)| {
        let mut variant = base.clone();
        for (name, property) in &mut variant.properties {
            let Some(found) = innermost(property) else { continue };
            match name.as_str() {
                "metric" => take_form(found, Form::In(keys.clone())),
                "month" => take_form(found, Form::Like(shapes::MONTH.to_owned())),
                _ => (found.minimum, found.maximum) = (Some(Number::Float(least)), Some(Number::Float(most))),
            }
        }
        variant.additional_properties = Some(nothing_else());
        variant
    });
    let either = variants.fold(OneOfBuilder::new(), |either, variant| either.item(Schema::Object(variant)));
    *schema = Schema::OneOf(either.description(base.description.clone()).build());
}
