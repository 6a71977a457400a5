// A sign-in provider of our own, in place of Google: `node provider.mjs PORT`.
// POST /next says who signs in next and what goes wrong; the person is signed in without a page of the provider.
import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';

import { OAuth2Issuer, OAuth2Service } from 'oauth2-mock-server';

const port = Number(process.argv[2]);
const issuer = new OAuth2Issuer();
issuer.url = `http://localhost:${port}`;
await issuer.keys.generate('RS256');
const service = new OAuth2Service(issuer);

const nobodyInParticular = {
  claims: { sub: 'google-1', email: 'grace@example.com', email_verified: true, name: 'Grace Example' },
  fault: null,
};

/** What each fault does to the claims of a token. */
const faults = {
  nonce: (claims) => ({ ...claims, nonce: 'of-another-sign-in' }),
  audience: (claims) => ({ ...claims, aud: 'another-program' }),
  issuer: (claims) => ({ ...claims, iss: 'http://localhost:1' }),
  expiry: (claims) => ({ ...claims, exp: claims.iat - 3600 }),
  party: (claims) => ({ ...claims, azp: 'another-program' }),
  // Google says when somebody gave their password only if the program is set up for it.
  silence: ({ auth_time: _, ...claims }) => claims,
  age: (claims) => ({ ...claims, iat: claims.iat - 7200 }),
};

let next = nobodyInParticular;
const signIns = new Map();

service.on('beforeAuthorizeRedirect', ({ url }) => {
  const code = url.searchParams.get('code');
  if (next.fault === 'refusal') {
    url.searchParams.delete('code');
    url.searchParams.set('error', 'access_denied');
  } else if (code !== null) {
    signIns.set(code, next);
  }
  next = nobodyInParticular;
});

service.on('beforeTokenSigning', (token, request) => {
  const { claims, fault } = signIns.get(request.body.code) ?? nobodyInParticular;
  const wrong = faults[fault] ?? ((right) => right);
  // Nobody is asked for a password here, so everybody has just given it.
  token.payload = wrong({ ...token.payload, auth_time: token.payload.iat, ...claims });
});

service.on('beforeResponse', (answer, request) => {
  if (signIns.get(request.body.code)?.fault === 'signature') {
    const [head, claims] = answer.body.id_token.split('.');
    const [, , foreign] = answer.body.access_token.split('.');
    answer.body.id_token = [head, claims, foreign].join('.');
  }
});

const server = createServer(async (request, response) => {
  if (request.method !== 'POST' || request.url !== '/next') {
    service.requestHandler(request, response);
    return;
  }
  const asked = await json(request);
  next = { claims: { ...nobodyInParticular.claims, ...asked.claims }, fault: asked.fault ?? null };
  response.writeHead(204).end();
});

process.on('SIGTERM', () => process.exit(0));
server.listen(port, '127.0.0.1');
