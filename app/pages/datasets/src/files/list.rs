//! The files of a workspace.

use datasets::{DatasetState, DatasetSummary};
use kernel::{MISSING, Page, count, file_size};
use leptos::prelude::*;
use ui::{
    Card, Chip, ChipTone, Confirm, DataTable, EmptyState, HeadCell, IconName, LinkButton, Moment,
    NarrowTable, NumberCell, Pagination, VisuallyHidden,
};

use crate::functions::DELETE_DATASET;

/// One page of the files, each leading to its next step.
#[component]
pub(crate) fn FileList(
    /// The address of the workspace.
    workspace: String,
    /// The files.
    files: Page<DatasetSummary>,
    /// Whether the person may delete them.
    may_change: bool,
) -> impl IntoView {
    if files.total == 0 {
        return view! {
            <Card>
                <EmptyState
                    title="No files yet"
                    sentence="Every file that is uploaded stands here, kept byte for byte, with the way to its next step."
                />
            </Card>
        }
        .into_any();
    }
    let base = format!("/w/{workspace}/data");
    let (request, total) = (files.request, files.total);
    let rows = files
        .items
        .into_iter()
        .map(|file| view! { <FileRow workspace=workspace.clone() file=file may_change=may_change /> })
        .collect_view();
    view! {
        <Card heading="Files">
            <DataTable caption="Uploaded files" narrow=NarrowTable::Stacks>
                <thead>
                    <tr>
                        <HeadCell>"File"</HeadCell>
                        <HeadCell>"State"</HeadCell>
                        <HeadCell numeric=true>"Size"</HeadCell>
                        <HeadCell numeric=true>"Rows"</HeadCell>
                        <HeadCell>"Uploaded"</HeadCell>
                        <HeadCell>
                            <VisuallyHidden>"Actions"</VisuallyHidden>
                        </HeadCell>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </DataTable>
        </Card>
        <Pagination page=request total=total what=if total == 1 { "file" } else { "files" } href=move |number| format!("{base}?page={number}") />
    }
    .into_any()
}

#[component]
fn FileRow(workspace: String, file: DatasetSummary, may_change: bool) -> impl IntoView {
    let address = format!("/w/{workspace}/data/{}", file.id);
    let (words, tone) = state(file.state);
    view! {
        <tr>
            <th scope="row" class="break-words">
                <a href=format!("{address}/format")>
                    <b>{file.name.clone()}</b>
                </a>
            </th>
            <td>
                <Chip tone=tone>{words}</Chip>
            </td>
            <NumberCell label="Size">{file_size(file.size_bytes)}</NumberCell>
            <NumberCell label="Rows">{file.row_count.map_or_else(|| MISSING.to_owned(), count)}</NumberCell>
            <td class="wide">
                <Moment at=file.uploaded_at />
            </td>
            <td class="wide">
                <div class="actions">
                    <LinkButton href=format!("{address}/original") icon=IconName::Download icon_only=true>
                        {format!("Download {}", file.name)}
                    </LinkButton>
                    {may_change.then(|| view! { <DeleteFile workspace=workspace file=file /> })}
                </div>
            </td>
        </tr>
    }
}

#[component]
fn DeleteFile(workspace: String, file: DatasetSummary) -> impl IntoView {
    view! {
        <Confirm
            id=format!("delete-{}", file.id)
            trigger="Delete…"
            icon=IconName::Trash
            title=format!("Delete {}?", file.name)
            confirm="Delete file"
            action=DELETE_DATASET
            fields=vec![("workspace".to_owned(), workspace), ("id".to_owned(), file.id.to_string())]
        >
            <p>"The file and the choices made for it are removed for everyone. Figures that were imported from it stay; to take those back, undo the import."</p>
        </Confirm>
    }
}

fn state(state: DatasetState) -> (&'static str, ChipTone) {
    match state {
        DatasetState::Reading => ("Being read", ChipTone::Neutral),
        DatasetState::Ready => ("Ready to import", ChipTone::Good),
        DatasetState::Unreadable => ("Needs a look", ChipTone::Bad),
    }
}
