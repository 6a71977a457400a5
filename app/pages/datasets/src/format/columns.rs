//! The choices of the format step: the layout of the file and the kind of each column.

use datasets::{ColumnFormat, ColumnKind, Dataset, Delimiter, PersonalData, TextEncoding};
use leptos::prelude::*;
use ui::{
    Chip, ChipTone, DataTable, FormField, HeadCell, IconName, NarrowTable, PartChip, Select, SelectOption,
};

/// Columns shown with a choice of their own; a file may have a thousand.
pub(super) const MOST_COLUMNS: usize = 200;

/// What whoever looks may do with the columns.
#[derive(Clone, Copy)]
pub(super) struct Rights {
    /// Read the file otherwise.
    pub(super) may_change: bool,
    /// See personal data, and so say that there is none.
    pub(super) sees_personal: bool,
}

const FIND_OUT: &str = "Find out from the file";

/// How the file as a whole is written.
#[component]
pub(super) fn LayoutFields(
    /// The file.
    dataset: Dataset,
) -> impl IntoView {
    let found =
        dataset.profile.as_ref().map(|profile| (profile.format.encoding, profile.format.delimiter)).unzip();
    let encoding = found.0.or(dataset.overrides.encoding).map_or("", TextEncoding::key);
    let delimiter = found.1.or(dataset.overrides.delimiter).map_or("", Delimiter::key);
    let encodings =
        TextEncoding::ALL.iter().map(|encoding| SelectOption::new(encoding.key(), encoding.label()));
    let delimiters =
        Delimiter::ALL.iter().map(|delimiter| SelectOption::new(delimiter.key(), delimiter.label()));
    view! {
        <div class="columns">
            <FormField
                name="input[encoding]"
                label="Encoding"
                hint="Choose another one if letters like é or ß look wrong below"
            >
                <Select options=with_find_out(encodings) selected=encoding />
            </FormField>
            <FormField
                name="input[delimiter]"
                label="Between two cells"
                hint="Choose another one if several columns stand in one"
            >
                <Select options=with_find_out(delimiters) selected=delimiter />
            </FormField>
        </div>
    }
}

/// Every column: what it looks like, what it is read as, and how many of its cells that fits.
#[component]
pub(super) fn ColumnTable(
    /// The columns in their order.
    columns: Vec<ColumnFormat>,
    /// What the person may do with them.
    rights: Rights,
) -> impl IntoView {
    let rows = columns
        .into_iter()
        .take(MOST_COLUMNS)
        .map(|column| view! { <ColumnRow column=column rights=rights /> })
        .collect_view();
    view! {
        <DataTable caption="Columns of the file" narrow=NarrowTable::Stacks>
            <thead>
                <tr>
                    <HeadCell>"Column in the file"</HeadCell>
                    <HeadCell>"Samples"</HeadCell>
                    <HeadCell>"Read as"</HeadCell>
                    <HeadCell>"Personal data"</HeadCell>
                    <HeadCell numeric=true>"Understood"</HeadCell>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </DataTable>
    }
}

#[component]
fn ColumnRow(column: ColumnFormat, rights: Rights) -> impl IntoView {
    let reading = if rights.may_change {
        let name = format!("input[kinds][c{}]", column.index);
        let label = format!("Read {} as", column.name);
        view! { <Select name=name label=label options=kinds(&column) selected=column.kind.key() /> }
            .into_any()
    } else {
        column.kind.label().into_any()
    };
    let personal = if rights.may_change {
        let name = format!("input[personal][c{}]", column.index);
        let label = format!("What {} says about people", column.name);
        let options = personal_kinds(&column, rights.sees_personal);
        view! { <Select name=name label=label options=options selected=column.hides().key() /> }.into_any()
    } else {
        column.hides().label().into_any()
    };
    view! {
        <tr>
            <th scope="row" class="wide">
                <b>{column.name.clone()}</b>
                " "
                {column
                    .is_ambiguous
                    .then(|| {
                        view! {
                            <Chip tone=ChipTone::Warning icon=IconName::Warning>
                                "please confirm"
                            </Chip>
                        }
                    })}
            </th>
            <td class="wide soft break-words">{samples(&column)}</td>
            <td>{reading}</td>
            // On a phone it stands below how the column is read.
            <td class="wide max-sm:order-last md:min-w-60">{personal}</td>
            <td class="end">
                <Understood column=column />
            </td>
        </tr>
    }
}

#[component]
fn Understood(column: ColumnFormat) -> impl IntoView {
    match column.filled {
        0 => view! { <Chip>"empty"</Chip> }.into_any(),
        filled if column.kind == ColumnKind::Text => {
            view! { <PartChip part=column.understood whole=filled tone=ChipTone::Neutral /> }.into_any()
        }
        filled => view! { <PartChip part=column.understood whole=filled /> }.into_any(),
    }
}

fn samples(column: &ColumnFormat) -> String {
    if column.samples.is_empty() { "No cell holds anything".to_owned() } else { column.samples.join(", ") }
}

/// Every kind of personal data. Only who may see what is in a personal column can say that there is nothing in it.
fn personal_kinds(column: &ColumnFormat, sees_personal: bool) -> Vec<SelectOption> {
    let is_offered =
        |kind: PersonalData| kind.is_personal() || sees_personal || !column.hides().is_personal();
    let kinds = PersonalData::ALL.iter().copied().filter(|kind| is_offered(*kind));
    kinds.map(|kind| SelectOption::new(kind.key(), kind.label())).collect()
}

/// Every kind; where the person chose otherwise, with a mark at the one that was found.
fn kinds(column: &ColumnFormat) -> Vec<SelectOption> {
    let is_as_found = |kind: ColumnKind| kind == column.detected && kind != column.kind;
    let label = |kind: ColumnKind| {
        if is_as_found(kind) { format!("{} · as found", kind.label()) } else { kind.label().to_owned() }
    };
    ColumnKind::all().map(|kind| SelectOption::new(kind.key(), label(kind))).collect()
}

fn with_find_out(options: impl Iterator<Item = SelectOption>) -> Vec<SelectOption> {
    std::iter::once(SelectOption::new("", FIND_OUT)).chain(options).collect()
}
