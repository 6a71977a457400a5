//! Asking the provider: where it is, who somebody is, and with which keys it signs.

use std::time::Duration;

use chrono::TimeDelta;
use futures::future::BoxFuture;
use kernel::{Ambient, AppError};
use openidconnect::{
    AdditionalClaims, AsyncHttpClient, AuthorizationCode, ClaimsVerificationError, Client, ClientId,
    ClientSecret, CsrfToken, EmptyExtraTokenFields, EndpointMaybeSet, EndpointNotSet, EndpointSet,
    HttpRequest, HttpResponse, IdTokenClaims, IdTokenFields, IdTokenVerifier, Nonce, PkceCodeChallenge,
    PkceCodeVerifier, RedirectUrl, Scope, StandardErrorResponse, StandardTokenResponse, TokenResponse,
    core::{
        CoreAuthDisplay, CoreAuthPrompt, CoreAuthenticationFlow, CoreErrorResponseType, CoreGenderClaim,
        CoreJsonWebKey, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm, CoreProviderMetadata,
        CoreRevocableToken, CoreRevocationErrorResponse, CoreTokenIntrospectionResponse, CoreTokenType,
    },
};
use platform::{Outside, OutsideError};
use serde::{Deserialize, Serialize};

use super::{
    known::Knowledge,
    transaction::{Purpose, Transaction},
};
use crate::config::GoogleConfig;

/// How far the provider's clock may be off.
const CLOCKS_DIFFER_BY: TimeDelta = TimeDelta::minutes(5);

/// What Google adds to the claims of the standard.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct GoogleClaims {
    /// The domain of the organisation that manages the account. The suffix of an address says nothing about that.
    pub(super) hd: Option<String>,
}

impl AdditionalClaims for GoogleClaims {}

pub(super) type Claims = IdTokenClaims<GoogleClaims, CoreGenderClaim>;
type Fields = IdTokenFields<
    GoogleClaims,
    EmptyExtraTokenFields,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJwsSigningAlgorithm,
>;
type GoogleClient = Client<
    GoogleClaims,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    StandardErrorResponse<CoreErrorResponseType>,
    StandardTokenResponse<Fields, CoreTokenType>,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// Why there is no answer to go on with.
#[derive(Debug)]
pub(super) enum ProviderError {
    /// It does not answer, or not with sense.
    Silent,
    /// It answers, and the answer does not hold.
    Refused,
}

/// The provider of the settings. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Provider {
    config: GoogleConfig,
    redirect: String,
    ambient: Ambient,
    line: Line,
    knowledge: Knowledge,
}

impl Provider {
    /// The provider, which sends people back to this address.
    pub(crate) fn new(config: GoogleConfig, redirect: String, ambient: Ambient) -> Self {
        let line = Line(Outside::new(ambient.clone(), &[&config.issuer]));
        let knowledge = Knowledge::new(config.issuer.clone(), line.clone(), ambient.clone());
        Self { config, redirect, ambient, line, knowledge }
    }

    /// Whether it failed so often that nobody asks it at the moment.
    pub(crate) fn is_left_alone(&self) -> bool {
        self.line.0.leaves_somebody_alone()
    }

    /// Asks it about itself, for whoever wants to know how it is.
    pub(crate) async fn ask(&self) -> Result<(), AppError> {
        let asked = self.knowledge.discover().await;
        asked
            .map(|_| ())
            .map_err(|_| AppError::Unavailable { message: "the provider does not answer".to_owned() })
    }

    /// Its name in the accounts that it vouches for.
    pub(super) fn issuer(&self) -> &str {
        &self.config.issuer
    }

    /// Whether accounts of that organisation may sign in.
    pub(super) fn takes(&self, hosted_domain: Option<&str>) -> bool {
        let wanted = self.config.hosted_domain.as_deref();
        wanted.is_none_or(|wanted| hosted_domain.is_some_and(|found| found.eq_ignore_ascii_case(wanted)))
    }

    /// Where the person goes, and what to remember until they are back.
    pub(super) async fn begin(
        &self,
        purpose: Purpose,
        next: String,
    ) -> Result<(String, Transaction), ProviderError> {
        let client = self.client(self.knowledge.get().await?)?;
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let mut request = client
            .authorize_url(
                CoreAuthenticationFlow::AuthorizationCode,
                CsrfToken::new_random,
                Nonce::new_random,
            )
            .add_scope(Scope::new("email".to_owned()))
            .add_scope(Scope::new("profile".to_owned()))
            .set_pkce_challenge(challenge);
        if let Some(domain) = &self.config.hosted_domain {
            request = request.add_extra_param("hd", domain);
        }
        if matches!(purpose, Purpose::Proof(_)) {
            request = request.add_prompt(CoreAuthPrompt::Login).set_max_age(Duration::ZERO);
        }
        let (address, state, nonce) = request.url();
        let transaction = Transaction {
            purpose,
            state: state.secret().clone(),
            nonce: nonce.secret().clone(),
            verifier: verifier.secret().clone(),
            started_at: self.ambient.now().timestamp(),
            next,
        };
        Ok((address.to_string(), transaction))
    }

    /// Trades the code for what the provider says about the person, and checks all of it: signature, issuer, audience, the party it was
    /// made for, times and nonce.
    pub(super) async fn redeem(
        &self,
        code: String,
        transaction: &Transaction,
    ) -> Result<Claims, ProviderError> {
        let client = self.client(self.knowledge.get().await?)?;
        let tokens = client
            .exchange_code(AuthorizationCode::new(code))
            .map_err(|cause| silent("the provider has no token endpoint", &cause))?
            .set_pkce_verifier(PkceCodeVerifier::new(transaction.verifier.clone()))
            .request_async(&self.line)
            .await
            .map_err(|cause| refused("trading the code", &cause))?;
        let id_token = tokens.id_token().ok_or(ProviderError::Refused)?;
        let nonce = Nonce::new(transaction.nonce.clone());
        let claims = match id_token.claims(&verifier(&client), &nonce) {
            Ok(claims) => claims.clone(),
            // The provider may sign with a new key since it was asked.
            Err(cause @ ClaimsVerificationError::SignatureVerification(_)) => {
                let client = self.client(self.knowledge.get_anew().await?)?;
                let again = id_token.claims(&verifier(&client), &nonce);
                again.map_err(|_| refused("checking the id token", &cause))?.clone()
            }
            Err(cause) => return Err(refused("checking the id token", &cause)),
        };
        let is_for_us = claims.authorized_party().is_none_or(|party| **party == self.config.client_id);
        let age = self.ambient.now() - claims.issue_time();
        if !is_for_us || age.abs() > CLOCKS_DIFFER_BY {
            tracing::warn!(target: platform::SECURITY, is_for_us, "An id token was made for another program or at another time");
            return Err(ProviderError::Refused);
        }
        Ok(claims)
    }

    /// Whether the person showed the provider who they are after that moment.
    pub(super) fn has_proved_since(claims: &Claims, started_at: i64) -> bool {
        claims.auth_time().is_some_and(|at| at.timestamp() >= started_at - CLOCKS_DIFFER_BY.num_seconds())
    }

    fn client(&self, metadata: CoreProviderMetadata) -> Result<GoogleClient, ProviderError> {
        let redirect =
            RedirectUrl::new(self.redirect.clone()).map_err(|cause| silent("making the way back", &cause))?;
        Ok(Client::from_provider_metadata(
            metadata,
            ClientId::new(self.config.client_id.clone()),
            Some(ClientSecret::new(self.config.client_secret.reveal().to_owned())),
        )
        .set_redirect_uri(redirect))
    }
}

/// Checks signatures that only the provider can have made, whatever else it offers: what is signed with our own secret proves nothing.
fn verifier(client: &GoogleClient) -> IdTokenVerifier<'_, CoreJsonWebKey> {
    use CoreJwsSigningAlgorithm as Signed;
    client.id_token_verifier().set_allowed_algs([
        Signed::RsaSsaPkcs1V15Sha256,
        Signed::RsaSsaPkcs1V15Sha384,
        Signed::RsaSsaPkcs1V15Sha512,
        Signed::RsaSsaPssSha256,
        Signed::RsaSsaPssSha384,
        Signed::RsaSsaPssSha512,
        Signed::EcdsaP256Sha256,
        Signed::EcdsaP384Sha384,
        Signed::EdDsa,
    ])
}

/// How the provider is asked.
#[derive(Clone)]
pub(super) struct Line(pub(super) Outside);

impl<'c> AsyncHttpClient<'c> for Line {
    type Error = OutsideError;
    type Future = BoxFuture<'c, Result<HttpResponse, OutsideError>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(async move {
            let request = request.try_into().map_err(OutsideError::Unfit)?;
            let answer = self.0.send(request).await?;
            let mut response = HttpResponse::new(answer.body);
            *response.headers_mut() = answer.headers;
            *response.status_mut() = http::StatusCode::from_u16(answer.status).unwrap_or_default();
            Ok(response)
        })
    }
}

pub(super) fn silent(doing: &str, cause: &dyn std::error::Error) -> ProviderError {
    tracing::warn!(doing, %cause, "Sign-in with Google does not work");
    ProviderError::Silent
}

fn refused(doing: &str, cause: &dyn std::error::Error) -> ProviderError {
    tracing::warn!(target: platform::SECURITY, doing, %cause, "Sign-in with Google was refused");
    ProviderError::Refused
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Secret;

    fn provider(hosted_domain: Option<&str>) -> Provider {
        let config = GoogleConfig {
            issuer: "https://accounts.example".to_owned(),
            client_id: "quartile".to_owned(),
            client_secret: Secret::new("not-a-secret".to_owned()),
            hosted_domain: hosted_domain.map(str::to_owned),
        };
        Provider::new(config, "https://quartile.example/back".to_owned(), Ambient::system())
    }

    #[test]
    fn an_organisation_is_known_by_what_google_says_and_by_no_address() {
        assert!(provider(None).takes(None) && provider(None).takes(Some("other.example")));
        let ours = provider(Some("acme.example"));
        assert!(ours.takes(Some("acme.example")) && ours.takes(Some("ACME.example")));
        assert!(!ours.takes(None) && !ours.takes(Some("acme.example.evil.example")));
    }
}
