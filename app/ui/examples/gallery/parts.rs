//! Every other component, in one page.

use leptos::prelude::*;
use ui::prelude::*;

use crate::data::{framed, trend};

/// What the server would write with `charts::trend_option`.
const OPTION: &str = r#"{
    "tooltip": { "trigger": "axis" },
    "legend": {},
    "xAxis": { "type": "category", "data": ["Jul", "Aug", "Sep"] },
    "yAxis": { "type": "value" },
    "series": [
        { "type": "line", "name": "You", "data": [150, 180, 201] },
        { "type": "bar", "name": "Peers", "data": [120, 140, 160], "itemStyle": { "color": "var(--band-2)" } }
    ]
}"#;

/// The page.
pub(crate) fn page() -> AnyView {
    let content = view! {
        <PageHead title="All parts" lead=|| "Every component that the other pages do not show." />
        <Tabs label="Parts" tabs=tabs() />
        <div class="columns">
            <Card heading="Form">{form()}</Card>
            <Card heading="Controls">{controls()}</Card>
        </div>
        <div class="columns">
            <Card heading="Notices">{notices()}</Card>
            <Card heading="Work">{work()}</Card>
        </div>
        <Card>
            <EmptyState
                title="No analyses yet"
                sentence="Charts and tables that you save from any data will stand here, each with its own address."
                icon=IconName::Analyses
            >
                <LinkButton href="#" kind=ButtonKind::Primary icon=IconName::Plus>
                    "Start an analysis"
                </LinkButton>
            </EmptyState>
        </Card>
        <Card heading="Upload">
            <FormField name="file" label="File" error=Some("This file is empty. Choose one with a header row and at least one line of values".to_owned())>
                <FileDrop
                    invitation="Drop a CSV here, or choose one"
                    limits="Up to 100 MB. Nothing is saved until you commit."
                    accept=".csv,text/csv"
                />
            </FormField>
        </Card>
        <Card heading="Failure">
            <ErrorPanel
                title="The report could not be made"
                sentence="The snapshot 2026 Q3 is being replaced. Your selection is kept."
                remedy="Try again in a minute."
                reference="9f3c-a1"
                actions=|| view! { <Button icon=IconName::Undo>"Try again"</Button> }
            />
        </Card>
        <Card heading="Interactive">
            <RichChart label="Monthly recurring revenue".to_owned() option_json=OPTION.to_owned() is_half=false>
                <ChartFigure chart=trend() />
            </RichChart>
        </Card>
        <Card heading="Icons" body_class="toolbar">
            {IconName::ALL.iter().map(|name| view! { <Icon name=*name /> }).collect_view()}
        </Card>
        <Pagination page=kernel::PageRequest::new(9) total=1_985 what="members" href=|number| format!("?page={number}") />
    }
    .into_any();
    framed("/w/northlight", "All parts", true, content)
}

fn tabs() -> Vec<Tab> {
    ["Overview", "Rows", "History"]
        .map(|label| Tab { label: label.to_owned(), href: "#".to_owned(), is_current: label == "Rows" })
        .to_vec()
}

fn form() -> impl IntoView {
    let stages = ["Pre-seed", "Seed", "Series A"].map(|stage| RadioOption {
        value: stage.to_lowercase(),
        label: stage.to_owned(),
        hint: (stage == "Seed").then(|| "First priced round or a large note".to_owned()),
    });
    let industries = vec![
        SelectOption::new("software", "Software"),
        SelectOption::new("retail", "Retail").under("Trade"),
        SelectOption::new("wholesale", "Wholesale").under("Trade"),
    ];
    view! {
        <form class="form" method="post">
            <FormField name="email" label="E-mail" requirement=Requirement::Required hint="Where the report goes">
                <TextInput kind=InputKind::Email value="mia@northlight.example" autocomplete="email" />
            </FormField>
            <FormField name="password" label="Password" error=Some("Use at least 12 characters".to_owned())>
                <PasswordInput usage=PasswordUse::New />
            </FormField>
            <FormField name="industry" label="Industry">
                <Select options=industries selected="retail" />
            </FormField>
            <FormField name="note" label="Note" requirement=Requirement::Optional>
                <Textarea rows=3 />
            </FormField>
            <RadioGroup name="stage" legend="Stage" options=stages.to_vec() selected="seed" />
            <Checkbox
                name="share"
                label="Count this company among the anonymous peers"
                hint="Without name; removed with one click"
                checked=true
            />
            <div class="actions">
                <Button kind=ButtonKind::Primary>"Save company"</Button>
                <LinkButton href="#" kind=ButtonKind::Quiet>
                    "Cancel"
                </LinkButton>
            </div>
        </form>
    }
}

fn controls() -> impl IntoView {
    view! {
        <div class="grid gap-6">
            <div class="actions">
                <Button kind=ButtonKind::Primary icon=IconName::Download>
                    "Primary"
                </Button>
                <Button>"Default"</Button>
                <Button kind=ButtonKind::Quiet>"Quiet"</Button>
                <Button kind=ButtonKind::Danger>"Danger"</Button>
            </div>
            <div class="actions">
                <Button kind=ButtonKind::Primary busy=true>
                    "Checking 24 rows"
                </Button>
                <Button disabled=true>"Disabled"</Button>
                <Button icon=IconName::Edit icon_only=true>
                    "Edit"
                </Button>
            </div>
            <div class="actions">
                <Chip>"neutral"</Chip>
                <Chip tone=ChipTone::Accent>"P67"</Chip>
                <Chip tone=ChipTone::Good>"better"</Chip>
                <Chip tone=ChipTone::Bad>"worse"</Chip>
                <Chip tone=ChipTone::Warning icon=IconName::Warning>
                    "doubtful"
                </Chip>
                <Chip tone=ChipTone::Synthetic>"synthetic"</Chip>
            </div>
            <div>
                <Confirm
                    id="delete-workspace"
                    trigger="Delete workspace…"
                    icon=IconName::Trash
                    title="Delete Northlight?"
                    confirm="Delete workspace"
                    action="/w/northlight/delete"
                    fields=vec![("workspace".to_owned(), "northlight".to_owned())]
                >
                    <p>"Its 14 uploads, 9 reports and 312 metric values are removed for everyone. Export them first if you may need them."</p>
                </Confirm>
            </div>
            <Definition
                term="net revenue retention"
                meaning="What the customers of a year ago pay now, as a share of what they paid then."
                formula="(MRR start + expansion − contraction − churn) ÷ MRR start"
                inputs=vec![("MRR start".to_owned(), "$165 k".to_owned()), ("Expansion".to_owned(), "$19 k".to_owned())]
            >
                <a href="#">"Rows 2 to 25 of revenue-2026-09.csv"</a>
            </Definition>
            <ThemeSwitch return_to="/" />
        </div>
    }
}

fn notices() -> impl IntoView {
    view! {
        <div class="grid gap-3">
            <Notice title="Snapshot 2026 Q3 is frozen">"Figures entered now count from the next quarter."</Notice>
            <Notice tone=Tone::Good>"24 rows committed; undo until tomorrow."</Notice>
            <Notice tone=Tone::Warning title="Two currencies">"Rows 4 and 9 are in euros; choose one before you check."</Notice>
            <Notice tone=Tone::Bad title="Not saved">"The e-mail address is taken. Sign in, or use another."</Notice>
        </div>
    }
}

fn work() -> impl IntoView {
    view! {
        <div class="grid gap-5">
            <Progress label="Reading revenue-2026-09.csv" share=Some(0.37) detail="340 of 912 rows" />
            <Progress label="Waiting for a place in the queue" />
            <Disclosure summary="What happens now" open=true>
                <p class="text-s text-ink-2">"The file is read while it arrives. You can leave this page."</p>
            </Disclosure>
        </div>
    }
}
