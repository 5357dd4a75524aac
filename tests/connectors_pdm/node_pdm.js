// A PDM by another hand: node-soap serving the demo's WSDL. PORT, WSDL, ROWS (a JSON file, read anew at each request),
// PDM_USER and PDM_PASSWORD come from the environment.
"use strict";
const crypto = require("crypto");
const fs = require("fs");
const http = require("http");
const soap = require("soap");

const { PORT, WSDL, ROWS, PDM_USER, PDM_PASSWORD } = process.env;

function text(node) {
  return node && typeof node === "object" ? node.$value : node;
}

function isRight(security) {
  const token = security && security.UsernameToken;
  if (!token || text(token.Username) !== PDM_USER) return false;
  const type = (token.Password.attributes && token.Password.attributes.Type) || "";
  if (!type.endsWith("#PasswordDigest")) return text(token.Password) === PDM_PASSWORD;
  const hash = crypto.createHash("sha1");
  hash.update(Buffer.from(text(token.Nonce), "base64")).update(text(token.Created)).update(PDM_PASSWORD);
  return hash.digest("base64") === text(token.Password);
}

// what is null is left out: node-soap would write xsi:nil without declaring the prefix xsi
function shaped({ options, ...plain }) {
  const known = Object.fromEntries(Object.entries(plain).filter(([, value]) => value !== null));
  return options ? { ...known, options: { Option: options } } : known;
}

function reader(stream, row) {
  return ({ after, limit }) => {
    if (Number(limit) < 1) {
      throw { Fault: { faultcode: "SOAP-ENV:Client.Range", faultstring: "limit is at least 1", statusCode: 500 } };
    }
    const rows = JSON.parse(fs.readFileSync(ROWS, "utf8"))[stream] || [];
    const found = rows.filter(({ change }) => change > Number(after)).slice(0, Number(limit));
    return { [`Read${row}Result`]: { [row]: found.map(shaped) } };
  };
}

const STREAMS = { owner: "Owner", item: "Item", customer_part: "CustomerPart", configuration: "Configuration" };
const operations = Object.fromEntries(
  Object.entries(STREAMS).map(([stream, row]) => [`Read${row}`, reader(stream, row)]),
);
const server = http.createServer((_, response) => response.writeHead(404).end());
server.listen(Number(PORT), "127.0.0.1", () => {
  const service = soap.listen(server, "/pdm", { Pdm: { Pdm: operations } }, fs.readFileSync(WSDL, "utf8"));
  service.authenticate = isRight;
});
