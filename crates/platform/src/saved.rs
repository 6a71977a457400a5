//! What a file is called that somebody saves.

/// The header `Content-Disposition` (RFC 6266) of a file that is saved and never shown, under that name.
pub fn saved_as(name: &str) -> String {
    let plain: String = name
        .chars()
        .map(|c| if c.is_ascii_graphic() && !"\"\\%;".contains(c) || c == ' ' { c } else { '_' })
        .collect();
    let encoded: String = name
        .bytes()
        .map(|byte| {
            let is_plain = byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
            if is_plain { char::from(byte).to_string() } else { format!("%{byte:02X}") }
        })
        .collect();
    format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{encoded}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_names_cannot_break_out_of_their_header() {
        let header = saved_as("a\"; filename*=x\r\nSet-Cookie: b=1; ü.csv");
        assert!(!header.contains('\r') && header.matches('"').count() == 2, "{header}");
        assert!(header.ends_with("%C3%BC.csv"), "{header}");
    }
}
