// A certified OpenID provider that speaks RFC 8628 where Entra does, over TLS, on loopback, on a port of its own.
//
// Arguments: a key and a certificate for it, then the certificate of the one application that signs in by itself (PEM
// files). Says on one line where it is, and ends when its standard input does. A number there puts its clock forward by
// so many seconds, and is answered by a line, so that nobody waits for a code to expire. It says slow_down, which the
// library leaves to whoever uses it.
// Deliberately absent: anything kept on disk.

import { createHash, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import https from 'node:https';
import { createInterface } from 'node:readline';
import Provider from 'oidc-provider';

const [key, cert, own] = process.argv.slice(2).map((path) => readFileSync(path));
const TENANT = '/contoso.test';
const SCOPES = ['SecurityIdentitiesSensors.Read.All', 'SecurityIdentitiesHealth.Read.All'];
const DEVICE = 'urn:ietf:params:oauth:grant-type:device_code';

let ahead = 0;
const now = Date.now;
Date.now = () => now() + ahead;

const server = https.createServer({ key, cert });
await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
const issuer = `https://localhost:${server.address().port}`;

const certificate = new X509Certificate(own);
const public_key = {
  ...certificate.publicKey.export({ format: 'jwk' }),
  'x5t#S256': createHash('sha256').update(certificate.raw).digest('base64url'),
  alg: 'PS256', use: 'sig',
};
const application = { grant_types: ['client_credentials'], redirect_uris: [], response_types: [] };
const provider = new Provider(issuer, {
  clients: [
    {
      client_id: 'person', token_endpoint_auth_method: 'none', application_type: 'native',
      grant_types: [DEVICE, 'refresh_token'], redirect_uris: [], response_types: [],
    },
    {
      ...application, client_id: 'by-secret', client_secret: 'The-Client-Secret-1',
      token_endpoint_auth_method: 'client_secret_post',
    },
    {
      ...application, client_id: 'by-certificate', token_endpoint_auth_method: 'private_key_jwt',
      token_endpoint_auth_signing_alg: 'PS256', jwks: { keys: [public_key] },
    },
  ],
  scopes: ['openid', 'offline_access', ...SCOPES],
  clientAuthMethods: ['none', 'client_secret_post', 'private_key_jwt'],
  features: {
    clientCredentials: { enabled: true },
    deviceFlow: { enabled: true },
    devInteractions: { enabled: true },
  },
  routes: {
    device_authorization: `${TENANT}/oauth2/v2.0/devicecode`,
    token: `${TENANT}/oauth2/v2.0/token`,
    code_verification: '/device',
  },
  // By the token's endpoint alone, as Entra takes an assertion; the library would take the issuer too.
  assertJwtClientAuthClaimsAndHeader: async (ctx, claims, header) => {
    if (claims.aud !== `${issuer}${TENANT}/oauth2/v2.0/token`) throw new Error('another audience');
    if (header['x5t#S256'] !== public_key['x5t#S256']) throw new Error('another certificate');
  },
  ttl: {
    DeviceCode: 600, AccessToken: 300, ClientCredentials: 300, RefreshToken: 3600,
    Interaction: 600, Session: 600, Grant: 3600, IdToken: 300,
  },
  cookies: { keys: ['of no worth beyond this test'] },
  findAccount: (_, id) => ({ accountId: id, claims: async () => ({ sub: id, preferred_username: id }) }),
});

// When each code was asked for last.
const asked = new Map();
provider.use(async (ctx, next) => {
  await next();
  const code = ctx.oidc?.params?.device_code;
  if (!code || ctx.body?.error !== 'authorization_pending') return;
  const last = asked.get(code) ?? 0;
  asked.set(code, Date.now());
  if (Date.now() - last < 5000) ctx.body = { error: 'slow_down', error_description: 'asked too often' };
});
provider.on('server_error', (_, error) => console.error(error));

server.on('request', provider.callback());
console.log(issuer);
for await (const seconds of createInterface({ input: process.stdin })) {
  ahead += Number(seconds) * 1000;
  console.log('forward');
}
process.exit(0);
