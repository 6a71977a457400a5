//! Where to go after signing in: only ever a path on this site.

/// The path, if it leads nowhere else; browsers read `//host` and `/\\host` as other sites.
pub fn path_on_this_site(next: &str) -> Option<&str> {
    let is_path = next.starts_with('/')
        && !next.starts_with("//")
        && next.chars().all(|c| !c.is_control() && !c.is_whitespace() && c != '\\' && c != '@')
        && !next.to_ascii_lowercase().starts_with("/%5c")
        && !next.to_ascii_lowercase().starts_with("/%09")
        && !next.to_ascii_lowercase().starts_with("/%2f");
    is_path.then_some(next)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_address_leads_off_the_site() {
        for foreign in [
            "",
            "https://e",
            "//e",
            "/\\e",
            "/%5Ce",
            "/%09/e",
            "///e",
            "https:e",
            "/@e",
            "javascript:alert(1)",
            "/a\r\nLocation: /b",
        ] {
            assert_eq!(path_on_this_site(foreign), None, "{foreign}");
        }
        assert_eq!(
            path_on_this_site("/w/northlight/standing?level=2"),
            Some("/w/northlight/standing?level=2")
        );
    }
}
