//! Frames and figures that the pages share.

use charts::{
    AnyChart, Evidence, MonthValue, MonthlySeries, MrrBridge, PercentileBar, Rank, ReferencePoints,
    Sparkline, TrendChart, WaterfallChart,
};
use kernel::{Currency, Figure, Month, Unit};
use leptos::prelude::*;
use ui::prelude::*;

/// A figure of a number and a unit.
pub(crate) fn figure(number: &str, unit: &str) -> Figure {
    Figure { number: number.to_owned(), unit: unit.to_owned() }
}

/// Values by month up to September 2026, from one value to another with a little unevenness.
fn months(count: i32, from: f64, to: f64) -> Vec<MonthValue> {
    let last = Month::new(2026, 9).unwrap_or_else(|| unreachable!("a month of the calendar"));
    (0..count)
        .map(|place| {
            let share = f64::from(place) / f64::from(count - 1);
            let unevenness = (f64::from(place) * 1.7).sin() * 0.012;
            let value = from + (to - from) * (share.powf(1.15) + unevenness);
            MonthValue { month: last.plus(place - count + 1), value }
        })
        .collect()
}

/// A line that rises or falls.
pub(crate) fn sparkline(rises: bool) -> Sparkline {
    let (from, to) = if rises { (100.0, 140.0) } else { (140.0, 100.0) };
    Sparkline {
        title: "Last 18 months".to_owned(),
        unit: Unit::Money,
        currency: Currency::Usd,
        points: months(18, from, to),
        synthetic: false,
    }
}

/// Monthly recurring revenue beside the median of peers.
pub(crate) fn trend() -> AnyChart {
    AnyChart::Trend(TrendChart {
        title: "Monthly recurring revenue".to_owned(),
        unit: Unit::MoneyPerMonth,
        currency: Currency::Usd,
        series: vec![MonthlySeries { label: "You".to_owned(), points: months(24, 118_000.0, 201_300.0) }],
        comparison: Some(MonthlySeries {
            label: "Peer median, indexed".to_owned(),
            points: months(24, 101_000.0, 163_000.0),
        }),
        synthetic: false,
    })
}

/// How monthly recurring revenue moved.
pub(crate) fn bridge() -> AnyChart {
    let bridge = MrrBridge {
        start: 165_000.0,
        new: 22_000.0,
        reactivated: 3_000.0,
        expansion: 19_000.0,
        contraction: 4_000.0,
        churned: 4_000.0,
        end: 201_000.0,
    };
    AnyChart::Waterfall(WaterfallChart::mrr_bridge("MRR movements, Q3", Currency::Usd, bridge, false))
}

/// A position among 41 to 50 peers.
pub(crate) fn percentile_bar(title: &str, rank: (f64, f64, f64)) -> PercentileBar {
    PercentileBar {
        title: title.to_owned(),
        unit: Unit::Share,
        currency: Currency::Usd,
        you: Some(0.46),
        rank: Some(Rank { percentile: rank.0, low: rank.1, high: rank.2 }),
        evidence: Evidence::Deciles,
        peers: "41–50".to_owned(),
        reference: ReferencePoints::default(),
        synthetic: false,
    }
}

/// The frame of a signed-in page.
pub(crate) fn framed(path: &str, here: &'static str, is_synthetic: bool, content: AnyView) -> AnyView {
    let item = NavItem::new;
    let navigation = vec![
        NavGroup { heading: None, items: vec![item("Overview", "/w/northlight", IconName::Home)] },
        NavGroup {
            heading: Some("Company".to_owned()),
            items: vec![
                item("Dashboard", "/w/northlight/dashboard", IconName::Dashboard),
                item("Where you stand", "/w/northlight/standing", IconName::Standing),
                item("Reports", "/w/northlight/reports", IconName::Report),
                item("Data", "/w/northlight/data", IconName::Data),
                item("Analyses", "/w/northlight/analyses", IconName::Analyses),
            ],
        },
        NavGroup {
            heading: Some("Ecosystem".to_owned()),
            items: vec![
                item("Engineering", "/w/northlight/engineering", IconName::Engineering),
                item("Community", "/w/northlight/community", IconName::Community),
                item("Marketplace", "/w/northlight/marketplace", IconName::Marketplace),
            ],
        },
    ];
    let last = vec![item("Settings", "/w/northlight/settings", IconName::Settings)];
    let path = path.to_owned();
    view! {
        <AppShell
            navigation=navigation
            last=last
            path=path.clone()
            switch=switch
            crumbs=move || {
                let crumbs = vec![Crumb::link("Northlight", "/w/northlight"), Crumb::here(here)];
                view! { <Breadcrumbs crumbs=crumbs /> }
            }
            tools=move || view! { <Tools path=path.clone() /> }
            banner=move || is_synthetic.then(banner)
        >
            {content}
        </AppShell>
    }
    .into_any()
}

fn switch() -> impl IntoView {
    let workspaces = ["Northlight", "Harbour Ventures"].map(|name| WorkspaceLink {
        name: name.to_owned(),
        href: "#".to_owned(),
        is_current: name == "Northlight",
    });
    view! {
        <WorkspaceSwitch name="Northlight" workspaces=workspaces.to_vec()>
            <MenuLink href="#" icon=IconName::Plus>
                "New workspace"
            </MenuLink>
        </WorkspaceSwitch>
    }
}

fn banner() -> impl IntoView {
    view! {
        <SyntheticBanner sentence="Northlight is a demo company; every figure is made up.">
            <a href="#">"Remove demo data"</a>
        </SyntheticBanner>
    }
}

#[component]
fn Tools(path: String) -> impl IntoView {
    view! {
        <SearchBox action="/search" keys="Ctrl K" />
        <NotificationLink href="#" unread=3_u32 />
        <AccountMenu name="Mia Keller">
            <MenuHeading>"mia@northlight.example"</MenuHeading>
            <MenuLink href="#" icon=IconName::User>
                "Account"
            </MenuLink>
            <div class="px-2 py-1">
                <ThemeSwitch return_to=path />
            </div>
            <hr />
            <MenuSubmit action="/sign-out" icon=IconName::SignOut>
                "Sign out"
            </MenuSubmit>
        </AccountMenu>
    }
}
