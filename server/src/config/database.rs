//! Where the database is.

use db::DbSettings;

use super::{ConfigError, Layers};

pub(super) fn read(layers: &Layers) -> Result<DbSettings, ConfigError> {
    const LINE: &str = "with `?sslmode=verify-full&sslrootcert=FILE` at its end unless the server is on this machine (`sslmode=require` leaves \
                        unchecked who answers; `sslmode=disable` is for a line that nobody else can reach)";
    let url = layers.checked(
        "database.url",
        &format!("`sqlite`, or an address like postgres://user@host/name, {LINE}"),
        |text| text == "sqlite" || is_fit(text),
    )?;
    let owner_url = layers.checked(
        "database.owner_url",
        &format!("empty, or an address like postgres://owner@host/name, {LINE}"),
        |text| text.is_empty() || is_fit(text),
    )?;
    let owner_url = Some(owner_url).filter(|text| !text.is_empty());
    Ok(DbSettings { url, owner_url, connections: layers.whole("database.connections", 1, 200)? })
}

fn is_fit(text: &str) -> bool {
    (text.starts_with("postgres://") || text.starts_with("postgresql://")) && db::is_line_agreed(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_to_another_machine_is_never_in_plain_text_without_a_word() {
        for fit in [
            "postgres://quartile@localhost/quartile",
            "postgresql://quartile:word@127.0.0.1:5433/quartile",
            "postgres://quartile@[::1]/quartile",
            "postgres://quartile@%2Fvar%2Frun%2Fpostgresql/quartile",
            "postgres://quartile@localhost/quartile?host=/run/postgresql",
            "postgres://quartile@db.example/quartile?sslmode=verify-full&sslrootcert=/etc/ca.pem",
            "postgres://quartile@db.example/quartile?ssl-mode=require",
            "postgres://quartile@db/quartile?sslmode=disable",
        ] {
            assert!(is_fit(fit), "{fit}");
        }
        for unfit in [
            "postgres://quartile@db.example/quartile",
            "postgres://quartile@db.example/quartile?sslmode=prefer",
            "postgres://quartile@db.example/quartile?sslmode=allow",
            "postgres://quartile@localhost.db.example/quartile",
            "postgres://quartile@localhost/quartile?host=db.example",
            "postgres://quartile@db.example/quartile?sslmode=require&sslmode=prefer",
            "postgres://quartile@db.example/quartile?sslmode=sometimes",
            "mysql://quartile@localhost/quartile",
            "postgres",
        ] {
            assert!(!is_fit(unfit), "{unfit}");
        }
    }
}
