//! What goes in and out: bodies, parameters, pages.

use axum::{
    Json,
    body::Bytes,
    extract::{FromRequest, FromRequestParts, Path, Request},
    http::{StatusCode, header, request::Parts},
};
use chrono::{DateTime, Utc};
use kernel::AppError;
use platform::{cursor_of, cursor_of_moment, moment_of, place_of};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::{middleware::TOO_LARGE, rest::problem::Problem, services::Services};

/// A JSON body; what is wrong with it is said with the path of the field.
pub(crate) struct Body<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequest<Services> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, services: &Services) -> Result<Self, Problem> {
        let media_type = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let is_json = media_type.is_some_and(|text| {
            let essence = text.split(';').next().unwrap_or_default().trim();
            essence.eq_ignore_ascii_case("application/json")
        });
        if !is_json {
            let sentence = "Send the body as JSON, with the header Content-Type: application/json";
            return Err(Problem::plain(StatusCode::UNSUPPORTED_MEDIA_TYPE, sentence));
        }
        let bytes = Bytes::from_request(request, services)
            .await
            .map_err(|refused| Problem::plain(refused.status(), TOO_LARGE))?;
        // Types could also be read from lists of their values, which nobody means.
        if bytes.iter().find(|byte| !byte.is_ascii_whitespace()) != Some(&b'{') {
            return Err(Problem::plain(
                StatusCode::BAD_REQUEST,
                "The body is no JSON object: it has to begin with {",
            ));
        }
        let mut reader = serde_json::Deserializer::from_slice(&bytes);
        let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
            let path = error.path().to_string();
            let cause = error.into_inner();
            if cause.is_data() {
                let field = if path == "." { "body".to_owned() } else { path };
                return AppError::invalid(field, wanted(&cause.to_string())).into();
            }
            Problem::plain(
                StatusCode::BAD_REQUEST,
                format!("The body is no JSON: {}", in_short(&cause.to_string())),
            )
        })?;
        reader.end().map_err(|_| {
            Problem::plain(StatusCode::BAD_REQUEST, "Something follows after the JSON of the body")
        })?;
        Ok(Self(value))
    }
}

/// What belongs in a field, out of what the reader says, which also repeats what was sent: a password, perhaps.
fn wanted(cause: &str) -> String {
    let is_about_names = ["missing field ", "unknown field ", "duplicate field "];
    if is_about_names.iter().any(|begin| cause.starts_with(begin)) {
        return in_short(cause);
    }
    match cause.rsplit_once(", expected ") {
        _ if cause.starts_with("UUID parsing failed") => {
            "Write an id here, like 0190b8c5-7a3e-7c41-9d52-3f6a8e1b4c70".to_owned()
        }
        Some((_, wanted)) => format!("Something else belongs here: {}", in_short(wanted)),
        // Our own sentences, and others that quote nothing.
        None if cause.starts_with('“') || !cause.contains(['"', '`']) => in_short(cause),
        None => "What stands here cannot be read. GET /api/v1/openapi.json describes it".to_owned(),
    }
}

fn in_short(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(200).collect()
}

/// Refuses text with spaces around it: what a program sends is kept as it is.
pub(crate) fn require_bare(field: &str, text: &str) -> Result<(), AppError> {
    if text.trim().len() == text.len() {
        return Ok(());
    }
    Err(AppError::invalid(field, "Leave out the spaces before and after it"))
}

/// Parameters of the address; an unknown one is refused.
pub(crate) struct Params<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequestParts<Services> for Params<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &Services) -> Result<Self, Problem> {
        let query = parts.uri.query().unwrap_or_default();
        let reader = serde_urlencoded::Deserializer::new(form_urlencoded::parse(query.as_bytes()));
        serde_path_to_error::deserialize(reader).map(Self).map_err(|error| {
            let path = error.path().to_string();
            let field = if path == "." { "query".to_owned() } else { path };
            AppError::invalid(field, wanted(&error.into_inner().to_string())).into()
        })
    }
}

/// An id in the path. What is no id leads nowhere.
pub(crate) struct Id<T>(pub(crate) T);

impl<T: std::str::FromStr> FromRequestParts<Services> for Id<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, services: &Services) -> Result<Self, Problem> {
        let Path(text): Path<String> =
            Path::from_request_parts(parts, services).await.map_err(|_| AppError::not_found("thing"))?;
        text.parse().map(Self).map_err(|_| AppError::not_found("thing").into())
    }
}

/// Which part of a list is wanted.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct PageParams {
    /// Where to go on: `next` of the page before.
    #[param(max_length = 100)]
    cursor: Option<String>,
    /// How many items at most.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
}

impl PageParams {
    /// The same, out of parameters that hold more.
    pub(crate) fn of(cursor: Option<String>, limit: Option<u32>) -> Self {
        Self { cursor, limit }
    }

    /// How many items are wanted.
    pub(crate) fn limit(&self) -> Result<u32, AppError> {
        match self.limit.unwrap_or(50) {
            limit @ 1..=100 => Ok(limit),
            _ => Err(AppError::invalid("limit", "A page holds from 1 to 100 items")),
        }
    }

    /// What the cursor stands for in a list with numbered items, if there is one.
    pub(crate) fn place(&self) -> Result<Option<i64>, AppError> {
        self.read(place_of)
    }

    /// What the cursor stands for in a list by time, if there is one.
    pub(crate) fn moment(&self) -> Result<Option<(DateTime<Utc>, Uuid)>, AppError> {
        self.read(moment_of)
    }

    fn read<T>(&self, reading: impl Fn(&str) -> Option<T>) -> Result<Option<T>, AppError> {
        let Some(cursor) = &self.cursor else { return Ok(None) };
        let wrong = || AppError::invalid("cursor", "This cursor is none of ours. Begin without one");
        reading(cursor).map(Some).ok_or_else(wrong)
    }
}

/// A page of a list.
#[derive(Serialize, ToSchema)]
pub(crate) struct Page<T> {
    /// The items.
    pub(crate) items: Vec<T>,
    /// The cursor of the next page; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) next: Option<String>,
}

impl<T> Page<T> {
    /// A page of a list by time, of what was found for it and one item more; `place` is where an item stands.
    pub(crate) fn by_moment<S: Into<T>>(
        mut found: Vec<S>,
        limit: u32,
        place: impl Fn(&S) -> (DateTime<Utc>, Uuid),
    ) -> Json<Self> {
        let has_more = found.len() > limit as usize;
        found.truncate(limit as usize);
        let next = found.last().filter(|_| has_more).map(|last| {
            let (at, id) = place(last);
            cursor_of_moment(at, id)
        });
        Json(Self { items: found.into_iter().map(Into::into).collect(), next })
    }

    /// A page, with the place at which the next one begins.
    pub(crate) fn new(items: Vec<T>, next: Option<i64>) -> Json<Self> {
        Json(Self { items, next: next.map(cursor_of) })
    }
}

#[cfg(test)]
mod tests {
    use super::wanted;

    #[test]
    fn a_refusal_says_what_belongs_there_and_repeats_no_value_that_was_sent() {
        for (cause, said) in [
            (
                "invalid type: integer `123456789012345`, expected a string at line 1 column 40",
                "Something else belongs here: a string at line 1 column 40",
            ),
            (
                "invalid type: string \"my, expected secret\", expected a boolean at line 2 column 3",
                "Something else belongs here: a boolean at line 2 column 3",
            ),
            (
                "unknown variant `hidden`, expected one of `owner`, `admin`",
                "Something else belongs here: one of `owner`, `admin`",
            ),
            ("missing field `email` at line 1 column 2", "missing field `email` at line 1 column 2"),
            ("“churn2” is not a metric of the catalogue", "“churn2” is not a metric of the catalogue"),
            ("invalid digit found in string", "invalid digit found in string"),
            (
                "UUID parsing failed: invalid character: found `s` at 1",
                "Write an id here, like 0190b8c5-7a3e-7c41-9d52-3f6a8e1b4c70",
            ),
            (
                "premature `\"` in the middle",
                "What stands here cannot be read. GET /api/v1/openapi.json describes it",
            ),
        ] {
            assert_eq!(wanted(cause), said);
        }
    }
}
