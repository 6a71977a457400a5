//! Where you stand: every metric beside live peers, or beside published figures.

use accounts::WorkspaceView;
use api::ErrorPage;
use benchmarks::model::{MOST_VERSIONS, Obstacle, Ranked, StandingRow, StandingView};
use kernel::Permission;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use ui::{
    ButtonKind, Card, Chip, ChipTone, EmptyState, IconName, LinkButton, Note, Notice, PageHead, Tab, Tabs,
};

use crate::{
    functions::get_standing,
    table::{PeersTable, PublishedTable},
};

/// Shows the comparison chosen in the address: live peers or published figures.
#[component]
pub(crate) fn StandingPage() -> impl IntoView {
    let workspace = expect_context::<WorkspaceView>();
    let slug = workspace.workspace.slug.clone();
    let standing = Resource::new_blocking(move || slug.clone(), get_standing);
    let query = use_query_map();
    let chosen = Memo::new(move |_| query.read().get("with"));
    let base = format!("/w/{}", workspace.workspace.slug);
    view! {
        <Title text="Where you stand" />
        <Suspense>
            {move || {
                let base = base.clone();
                Suspend::new(async move {
                    match standing.await {
                        Ok(view) if view.month.is_none() => view! { <Nothing base=base /> }.into_any(),
                        Ok(view) => view! { <Standing view=view base=base chosen=chosen /> }.into_any(),
                        Err(error) => view! { <ErrorPage error=error /> }.into_any(),
                    }
                })
            }}
        </Suspense>
    }
}

#[component]
fn Nothing(base: String) -> impl IntoView {
    view! {
        <PageHead title="Where you stand" />
        <EmptyState
            title="Your place among peers will be here"
            sentence="Upload a CSV with your monthly figures. Twelve months of MRR, customers, costs and cash are enough to compare more than eight metrics."
            icon=IconName::Standing
        >
            <LinkButton href=format!("{base}/data") kind=ButtonKind::Primary>"Upload a CSV"</LinkButton>
        </EmptyState>
    }
}

#[component]
fn Standing(view: StandingView, base: String, chosen: Memo<Option<String>>) -> impl IntoView {
    let has_peers = view.groups.iter().flat_map(|group| &group.rows).any(StandingRow::has_peers);
    let shows_published = Memo::new(move |_| match chosen.get().as_deref() {
        Some("published") => true,
        Some(_) => false,
        None => !has_peers,
    });
    let title = if has_peers && !view.headline.is_empty() {
        view.headline.clone()
    } else {
        "Where you stand".to_owned()
    };
    let lead = match view.obstacle {
        _ if has_peers => view.summary.clone(),
        Some(Obstacle::NotSharing) => {
            "Live peers are for companies that share theirs. Published figures, with source, year and sample size, are for everyone."
                .to_owned()
        }
        _ => "No live peers yet. Published figures, with source, year and sample size, stand in until there are.".to_owned(),
    };
    let tabs = Signal::derive(move || {
        let tab = |label: &str, with: &str, is_published: bool| Tab {
            label: label.to_owned(),
            href: format!("?with={with}"),
            is_current: shows_published.get() == is_published,
        };
        vec![tab("Live peers", "peers", false), tab("Published figures", "published", true)]
    });
    let report = format!("{base}/reports");
    let may_report = expect_context::<WorkspaceView>().role.allows(Permission::CreateReports);
    let report_words = if may_report { "Create report" } else { "Reports" };
    let compared = view.clone();
    let settings = format!("{base}/settings");
    let peers_settings = settings.clone();
    view! {
        <PageHead
            title=title
            lead=move || lead
            actions=move || {
                view! {
                    <LinkButton href="/method">"Method"</LinkButton>
                    <LinkButton href=report kind=ButtonKind::Primary>{report_words}</LinkButton>
                }
            }
        />
        <Card body_class="toolbar">
            <ComparedWith view=compared settings=settings />
            <Tabs label="Compared with" tabs=tabs />
        </Card>
        {move || {
            let view = view.clone();
            if shows_published.get() {
                view! { <PublishedTable view=view base=base.clone() /> }.into_any()
            } else {
                view! { <Peers view=view base=base.clone() settings=peers_settings.clone() /> }.into_any()
            }
        }}
    }
}

#[component]
fn ComparedWith(view: StandingView, settings: String) -> impl IntoView {
    let profile = view.profile;
    let words = [
        profile.industry.map(|industry| industry.label().to_owned()),
        profile.band.map(|band| band.label().to_owned()),
        profile.stage.map(|stage| stage.label().to_owned()),
    ];
    let is_complete = words.iter().all(Option::is_some);
    let chips = words.into_iter().flatten().map(|word| view! { <Chip>{word}</Chip> }).collect_view();
    let snapshot = view.snapshot.filter(|_| view.obstacle.is_none());
    view! {
        <span class="eyebrow">"You are"</span>
        {chips}
        {(!is_complete).then(|| view! { <Chip tone=ChipTone::Warning href=settings>"Complete the profile"</Chip> })}
        {snapshot
            .map(|snapshot| {
                view! { <Chip>{format!("snapshot {} · {}", snapshot.quarter, snapshot.hash)}</Chip> }
            })}
        {view.is_synthetic.then(|| view! { <Chip tone=ChipTone::Synthetic>"synthetic peers"</Chip> })}
    }
}

/// What to know of the percentiles, unless they are simply those of the figures now.
fn about_percentiles(ranked: Ranked) -> Vec<String> {
    let changed = ranked.has_changed.then(|| {
        "Figures that were counted keep their percentile until the next count, next quarter. Some of yours have changed since."
            .to_owned()
    });
    let limited = ranked.is_limited.then(|| {
        format!(
            "Percentiles were shown for {MOST_VERSIONS} versions of your figures since peers were counted. One more could tell \
             what a single company has, so this version gets none before the next count, next quarter."
        )
    });
    changed.into_iter().chain(limited).collect()
}

#[component]
fn Peers(view: StandingView, base: String, settings: String) -> impl IntoView {
    match view.obstacle {
        Some(Obstacle::NotSharing) => view! {
            <EmptyState
                title="Peers are for peers"
                sentence="Let your figures count, anonymously, among other companies’ peers, and you see theirs. Only groups of at least six are ever shown, and nobody sees a single company."
                icon=IconName::Standing
            >
                <LinkButton href=settings kind=ButtonKind::Primary>"Share anonymously"</LinkButton>
                <LinkButton href="?with=published">"See published figures"</LinkButton>
            </EmptyState>
        }
        .into_any(),
        Some(Obstacle::NoSnapshot) => view! {
            <EmptyState
                title="No peers have been counted yet"
                sentence="Companies that share are counted every hour until six of them are alike, then once a quarter."
                icon=IconName::Standing
            >
                <LinkButton href="?with=published">"See published figures"</LinkButton>
            </EmptyState>
        }
        .into_any(),
        None => view! {
            {view
                .profile
                .band
                .is_none()
                .then(|| view! { <Notice>"Your revenue band follows from MRR. Import MRR to be compared with companies of your size."</Notice> })}
            {about_percentiles(view.ranked)
                .into_iter()
                .map(|sentence| view! { <Notice>{sentence}</Notice> })
                .collect_view()}
            <PeersTable view=view base=base />
            <Note>
                "The dot is you, the line through it the 95 % interval of your rank. The box holds the middle half of peers, the darker end the best quarter. Peers are anonymous; nothing is shown for fewer than six. "
                <a href="/method">"How this is computed"</a>
            </Note>
        }
        .into_any(),
    }
}
