// Plays the person at the browser: opens the address, enters the code, signs in and consents; or declines.
//
// Arguments: the address, the code, and `approve` or `decline`. Ends with an error if a page isn't the one expected.
// The provider's authority comes by NODE_EXTRA_CA_CERTS.

const [address, code, act] = process.argv.slice(2);
const origin = new URL(address).origin;
const cookies = new Map();

async function ask(url, fields) {
  const answer = await fetch(new URL(url, origin), {
    method: fields ? 'POST' : 'GET',
    redirect: 'manual',
    headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
    body: fields && new URLSearchParams(fields),
  });
  for (const cookie of answer.headers.getSetCookie()) {
    const [, name, value] = /^([^=]+)=([^;]*)/.exec(cookie);
    cookies.set(name, value);
  }
  if (answer.status >= 400) throw new Error(`${answer.status} at ${url}: ${await answer.text()}`);
  return { text: await answer.text(), next: answer.headers.get('location') };
}

const hidden = ({ text }) => /name="xsrf" value="([^"]*)"/.exec(text)[1];

let xsrf = hidden(await ask(address));
xsrf = hidden(await ask(address, { xsrf, user_code: code }));
if (act === 'decline') {
  await ask(address, { xsrf, user_code: code, abort: 'yes' });
} else {
  let { next } = await ask(address, { xsrf, user_code: code, confirm: 'yes' });
  ({ next } = await ask(next, { prompt: 'login', login: 'ana@contoso.test', password: 'any' }));
  ({ next } = await ask(next));
  ({ next } = await ask(next, { prompt: 'consent' }));
  await ask(next);
}
