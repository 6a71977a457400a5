//! Names of columns: unique, stable, and never more than data.

use std::collections::HashSet;

/// One unique name for each header, the same for the same header row: repeated names get a number, blank ones their place.
pub(crate) fn unique_names(headers: &[String]) -> Vec<String> {
    let cleaned: Vec<String> = headers.iter().map(|header| clean(header)).collect();
    // A name that stands in the file goes to its own column, not to a numbered copy of another.
    let written: HashSet<String> = cleaned.iter().map(|name| name.to_lowercase()).collect();
    let mut taken = HashSet::new();
    let mut names = Vec::with_capacity(cleaned.len());
    for (index, name) in cleaned.into_iter().enumerate() {
        let is_blank = name.is_empty();
        let base = if is_blank { format!("column_{}", index + 1) } else { name };
        let is_free = !is_blank || !written.contains(&base);
        let name = if is_free && taken.insert(base.to_lowercase()) {
            base
        } else {
            numbered(&base, &written, &mut taken)
        };
        names.push(name);
    }
    names
}

fn numbered(base: &str, written: &HashSet<String>, taken: &mut HashSet<String>) -> String {
    let mut number = 2_u32;
    loop {
        let candidate = format!("{base}_{number}");
        let key = candidate.to_lowercase();
        if !written.contains(&key) && taken.insert(key) {
            return candidate;
        }
        number += 1;
    }
}

fn clean(header: &str) -> String {
    let visible: String =
        header.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
    visible.trim().trim_start_matches('\u{feff}').trim().to_owned()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn names(headers: &[&str]) -> Vec<String> {
        unique_names(&headers.iter().map(|&header| header.to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn d2_15_duplicate_headers_are_numbered() {
        assert_eq!(names(&["a", "a", "b", "a"]), ["a", "a_2", "b", "a_3"]);
        assert_eq!(names(&["a", "a", "a_2"]), ["a", "a_3", "a_2"]);
    }

    #[test]
    fn d2_16_blank_case_variant_and_long_headers_get_unique_stable_names() {
        assert_eq!(names(&["ID", "id", "", " "]), ["ID", "id_2", "column_3", "column_4"]);
        assert_eq!(names(&["column_2", ""]), ["column_2", "column_2_2"]);
        let long = "x".repeat(299);
        let (first, second) = (format!("{long}1"), format!("{long}2"));
        assert_eq!(names(&[&first, &second]), [first, second]);
    }

    #[test]
    fn d2_17_headers_are_data_only() {
        let hostile = ["x\"; DROP TABLE u;--", "__proto__", "workspace_id", "{{7*7}}", "<script>"];
        assert_eq!(names(&hostile), hostile);
        assert_eq!(names(&["MRR\r\n(USD)", "nul\0"]), ["MRR  (USD)", "nul"]);
    }

    proptest! {
        #[test]
        fn names_are_unique_without_regard_to_case(headers in proptest::collection::vec("[aA]?(_[23])?|column_[12]|", 0..12)) {
            let names = unique_names(&headers);
            let keys: HashSet<String> = names.iter().map(|name| name.to_lowercase()).collect();
            prop_assert_eq!(keys.len(), headers.len());
            prop_assert!(names.iter().all(|name| !name.is_empty()));
        }
    }
}
