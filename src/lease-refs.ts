/** All refs of ours are below this. */
export const OUR_REFS = 'refs/lazyspec/';

/** Leases are kept below this, as `<type>/<ID>`. */
export const LEASE_REFS = `${OUR_REFS}leases/`;
