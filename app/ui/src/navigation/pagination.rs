//! The pages of a list.

use kernel::{PageRequest, count};
use leptos::prelude::*;

use crate::{Icon, IconName, VisuallyHidden};

/// Which rows are shown, and links to the other pages. Nothing but the count where one page holds them all.
#[component]
pub fn Pagination(
    /// The page shown.
    page: PageRequest,
    /// Rows on all pages.
    total: u64,
    /// What the rows are: "members".
    #[prop(into)]
    what: String,
    /// The address of a page by its number.
    #[prop(into)]
    href: Callback<u64, String>,
) -> impl IntoView {
    let size = u64::from(page.size.max(1));
    let pages = total.div_ceil(size).max(1);
    let current = u64::from(page.number).clamp(1, pages);
    let first = (current - 1) * size + 1;
    let last = (current * size).min(total);
    let summary = if total == 0 {
        format!("No {what}")
    } else if pages == 1 {
        format!("{} {what}", count(total))
    } else {
        format!("{}–{} of {} {what}", count(first), count(last), count(total))
    };
    view! {
        <nav class="pagination" aria-label=format!("Pages of {what}")>
            <span class="num">{summary}</span>
            {(pages > 1).then(|| view! { <PageLinks current=current pages=pages href=href /> })}
        </nav>
    }
}

#[component]
fn PageLinks(current: u64, pages: u64, href: Callback<u64, String>) -> impl IntoView {
    let step = |number: Option<u64>, icon: IconName, words: &'static str, rel: &'static str| {
        number.map(|number| {
            view! {
                <li>
                    <a class="btn quiet" href=href.run(number) rel=rel>
                        <Icon name=icon />
                        <VisuallyHidden>{words}</VisuallyHidden>
                    </a>
                </li>
            }
        })
    };
    let link = |number: Option<u64>| match number {
        Some(number) => view! {
            <li>
                <a
                    class="btn quiet num"
                    href=href.run(number)
                    aria-current=(number == current).then_some("page")
                >
                    <VisuallyHidden>"Page "</VisuallyHidden>
                    {count(number)}
                </a>
            </li>
        }
        .into_any(),
        None => view! {
            <li class="gap" aria-hidden="true">
                "…"
            </li>
        }
        .into_any(),
    };
    view! {
        <ul>
            {step((current > 1).then(|| current - 1), IconName::ChevronLeft, "Previous page", "prev")}
            {page_numbers(current, pages).into_iter().map(link).collect_view()}
            {step((current < pages).then(|| current + 1), IconName::ChevronRight, "Next page", "next")}
        </ul>
    }
}

/// The numbers worth showing: first, last, the current one and its neighbours; `None` where numbers are left out.
fn page_numbers(current: u64, pages: u64) -> Vec<Option<u64>> {
    let is_shown = |number: &u64| *number == 1 || *number == pages || number.abs_diff(current) <= 1;
    // Looking only near the ends and the current page keeps this short however many pages there are.
    let near_current = current.saturating_sub(1).max(1)..=(current + 1).min(pages);
    let mut candidates: Vec<u64> = [1, pages].into_iter().chain(near_current).filter(is_shown).collect();
    candidates.sort_unstable();
    candidates.dedup();
    let mut numbers = Vec::with_capacity(candidates.len() + 2);
    let mut previous = 0;
    for number in candidates {
        match number - previous {
            1 => {}
            2 => numbers.push(Some(previous + 1)),
            _ => numbers.push(None),
        }
        numbers.push(Some(number));
        previous = number;
    }
    numbers
}

#[cfg(test)]
mod tests {
    use super::page_numbers;

    #[test]
    fn numbers_show_the_ends_and_the_neighbours() {
        assert_eq!(page_numbers(1, 1), [Some(1)]);
        assert_eq!(page_numbers(1, 3), [Some(1), Some(2), Some(3)]);
        assert_eq!(page_numbers(4, 5), [Some(1), Some(2), Some(3), Some(4), Some(5)]);
        assert_eq!(page_numbers(9, 40), [Some(1), None, Some(8), Some(9), Some(10), None, Some(40)]);
    }
}
