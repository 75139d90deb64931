// What is shown is said by the address bar alone, so that an address can be kept, sent and gone back to.
export function read() {
  return Object.fromEntries([...new URLSearchParams(location.search)].filter(([, value]) => value !== ''));
}

export function address(state) {
  const entries = Object.entries(state).filter(([, value]) => value !== null && value !== undefined && value !== '');
  return '/?' + new URLSearchParams(entries.map(([key, value]) => [key, String(value)]));
}

export function go(state) {
  history.pushState(null, '', address(state));
  window.dispatchEvent(new Event('statechange'));
}
