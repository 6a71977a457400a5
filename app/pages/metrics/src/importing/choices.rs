//! What a column can be used for, as the entries of a list.

use datasets::ColumnFormat;
use metrics::{
    MetricKey,
    catalogue::Group,
    model::{ColumnMapping, ColumnRole},
};
use ui::SelectOption;

/// Every use of a column, metrics under the headings of the catalogue; `current` is always among them.
pub(super) fn uses(current: ColumnMapping) -> Vec<SelectOption> {
    let roles = [ColumnRole::Period, ColumnRole::MetricName, ColumnRole::MetricValue];
    let general = roles.map(ColumnMapping::of).into_iter().chain([ColumnMapping::KEPT]);
    let mut options: Vec<SelectOption> = general.map(plain).collect();
    for group in Group::ALL {
        let keys = MetricKey::all().filter(|key| key.metric().group == group);
        let mappings = keys.flat_map(|key| uses_as_metric(key, current));
        options.extend(mappings.map(|mapping| plain(mapping).under(group.label())));
    }
    if options.iter().all(|option| option.value != current.key()) {
        options.insert(0, plain(current));
    }
    options
}

/// The metric as it is, with its sign turned, in per cent, and as it is used now.
fn uses_as_metric(key: MetricKey, current: ColumnMapping) -> Vec<ColumnMapping> {
    let as_it_is = ColumnMapping::of(ColumnRole::Metric(key));
    let metric = key.metric();
    let turned = metric.is_deduction.then_some(ColumnMapping { is_sign_turned: true, ..as_it_is });
    let in_per_cent = metric.unit.is_share().then_some(ColumnMapping { scale: 0.01, ..as_it_is });
    let mut mappings: Vec<ColumnMapping> =
        [Some(as_it_is), turned, in_per_cent].into_iter().flatten().collect();
    if current.role == as_it_is.role && !mappings.contains(&current) {
        mappings.push(current);
    }
    mappings
}

fn plain(mapping: ColumnMapping) -> SelectOption {
    SelectOption::new(mapping.key(), label(mapping))
}

/// `Churned MRR · sign turned`, `Monthly recurring revenue · in thousands`.
fn label(mapping: ColumnMapping) -> String {
    const SCALES: [(f64, &str); 4] = [
        (0.01, " · in per cent"),
        (1e3, " · in thousands"),
        (1e6, " · in millions"),
        (1e9, " · in billions"),
    ];
    let name = match mapping.role {
        None => "Keep, do not map",
        Some(ColumnRole::Period) => "Period",
        Some(ColumnRole::MetricName) => "Metric name",
        Some(ColumnRole::MetricValue) => "Value",
        Some(ColumnRole::Metric(key)) => key.metric().label,
    };
    let sign = if mapping.is_sign_turned { " · sign turned" } else { "" };
    #[expect(clippy::float_cmp, reason = "the factors are constants that were never computed with")]
    let scale = SCALES.iter().find(|(factor, _)| *factor == mapping.scale).map_or("", |(_, words)| words);
    format!("{name}{sign}{scale}")
}

/// The cells that a person sees of a column.
pub(super) fn samples(column: &ColumnFormat) -> String {
    if column.samples.is_empty() { "No cell holds anything".to_owned() } else { column.samples.join(", ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn label_of(options: &[SelectOption], value: &str) -> Option<String> {
        options.iter().find(|option| option.value == value).map(|option| option.label.clone())
    }

    #[test]
    fn every_entry_is_a_use_that_reads_back() {
        for option in uses(ColumnMapping::KEPT) {
            let mapping = ColumnMapping::parse(&option.value).unwrap();
            assert_eq!(mapping.key(), option.value, "{}", option.label);
        }
    }

    #[test]
    fn deductions_can_have_their_sign_turned_and_shares_come_in_per_cent() {
        let options = uses(ColumnMapping::KEPT);
        assert_eq!(label_of(&options, "-mrr_churn").as_deref(), Some("Churned MRR · sign turned"));
        assert_eq!(label_of(&options, "-mrr"), None);
        assert!(label_of(&options, "gm*0.01").unwrap().ends_with(" · in per cent"));
    }

    #[test]
    fn a_scale_in_use_stays_a_choice() {
        let thousands = ColumnMapping::parse("mrr*1000").unwrap();
        let options = uses(thousands);
        assert_eq!(
            label_of(&options, "mrr*1000").as_deref(),
            Some("Monthly recurring revenue · in thousands")
        );
        let values: std::collections::BTreeSet<&str> =
            options.iter().map(|option| option.value.as_str()).collect();
        assert_eq!(values.len(), options.len(), "every entry once");
    }

    #[test]
    fn entries_of_one_heading_follow_each_other() {
        let groups: Vec<Option<String>> =
            uses(ColumnMapping::KEPT).into_iter().map(|option| option.group).collect();
        let mut changes: Vec<Option<String>> = groups;
        changes.dedup();
        let once: std::collections::BTreeSet<&Option<String>> = changes.iter().collect();
        assert_eq!(once.len(), changes.len());
    }
}
