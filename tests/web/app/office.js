// The office at its desk: staff requests to the server, past the phone's network.

/** Asks the server as its administrator: JSON, or null where there is nothing to read. */
export function office(server, token) {
  return async (route, body) => {
    const answer = await fetch(`${server}/api/v1${route}`, {
      method: body ? 'POST' : 'GET',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: body && JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${route}: ${answer.status} ${await answer.text()}`);
    return answer.status === 204 ? null : answer.json();
  };
}
