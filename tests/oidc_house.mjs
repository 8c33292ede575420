// Another house for the tests: a real OpenID Connect provider (panva's oidc-provider) on loopback.
// node oidc_house.mjs PORT CALLBACK…   Whoever signs in as `name` or `name+unverified` has the address name@mainstreet.example,
// verified or not; an address typed whole is taken as it is. Any password is right. Prints a line once it listens.
import { Provider } from "oidc-provider";

const [port, ...callbacks] = process.argv.slice(2);

const claimsOf = (login) => {
  const [name, mark] = login.split("+");
  const email = name.includes("@") ? name : `${name}@mainstreet.example`;
  return { sub: login, name, email, email_verified: mark !== "unverified" };
};

const house = new Provider(`http://127.0.0.1:${port}`, {
  clients: [{ client_id: "mainspring", client_secret: "a secret of the house", redirect_uris: callbacks }],
  claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name"] },
  scopes: ["openid", "email", "profile"],
  pkce: { required: () => true },
  cookies: { keys: ["tests"] },
  features: { devInteractions: { enabled: true } },
  findAccount: (_context, login) => ({ accountId: login, claims: () => claimsOf(login) }),
});
house.listen(Number(port), "127.0.0.1", () => console.log("listens"));
