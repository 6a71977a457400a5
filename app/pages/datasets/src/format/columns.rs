//! The choices of the format step: the layout of the file and the kind of each column.

use datasets::{ColumnFormat, ColumnKind, Dataset, Delimiter, TextEncoding};
use leptos::prelude::*;
use ui::{
    Chip, ChipTone, DataTable, FormField, HeadCell, IconName, NarrowTable, PartChip, Select, SelectOption,
};

/// Columns shown with a choice of their own; a file may have a thousand.
pub(super) const MOST_COLUMNS: usize = 200;

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
    /// Whether the person may choose otherwise.
    may_change: bool,
) -> impl IntoView {
    let rows = columns
        .into_iter()
        .take(MOST_COLUMNS)
        .map(|column| view! { <ColumnRow column=column may_change=may_change /> })
        .collect_view();
    view! {
        <DataTable caption="Columns of the file" narrow=NarrowTable::Stacks>
            <thead>
                <tr>
                    <HeadCell>"Column in the file"</HeadCell>
                    <HeadCell>"Samples"</HeadCell>
                    <HeadCell>"Read as"</HeadCell>
                    <HeadCell numeric=true>"Understood"</HeadCell>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </DataTable>
    }
}

#[component]
fn ColumnRow(column: ColumnFormat, may_change: bool) -> impl IntoView {
    let reading = if may_change {
        let name = format!("input[kinds][c{}]", column.index);
        let label = format!("Read {} as", column.name);
        view! { <Select name=name label=label options=kinds(&column) selected=column.kind.key() /> }
            .into_any()
    } else {
        column.kind.label().into_any()
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
