/** Leases are kept below this, as `<type>/<ID>`. */
export const LEASE_REFS = 'refs/lazyspec/leases/';
