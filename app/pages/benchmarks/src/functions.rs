//! What the pages ask of the server.

use api::ApiError;
use benchmarks::model::StandingView;
use leptos::prelude::*;

/// Every compared metric with its place.
#[server]
pub async fn get_standing(workspace: String) -> Result<StandingView, ApiError> {
    let (benchmarks, actor) = api::enter::<benchmarks::Benchmarks>(&workspace).await?;
    Ok(benchmarks.standing(&actor).await?)
}
