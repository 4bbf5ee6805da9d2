import { type LookupAddress, lookup as resolve } from "node:dns";
import { BlockList, isIP, type LookupFunction } from "node:net";
import { TenonError } from "./error.ts";

const linkLocal = new BlockList();
linkLocal.addSubnet("169.254.0.0", 16);
linkLocal.addSubnet("fe80::", 10, "ipv6");
linkLocal.addSubnet("0.0.0.0", 8);
linkLocal.addAddress("::", "ipv6");

const own = new BlockList();
for (const [net, prefix] of [
  ["10.0.0.0", 8],
  ["127.0.0.0", 8],
  ["172.16.0.0", 12],
  ["192.168.0.0", 16],
  ["100.64.0.0", 10],
] as const)
  own.addSubnet(net, prefix);
own.addAddress("::1", "ipv6");
own.addSubnet("fc00::", 7, "ipv6");

/** IPv4 within IPv6 is that IPv4 address to the machine. */
const unmapped = (address: string): string => /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1] ?? address;

const isIn = (list: BlockList, address: string): boolean =>
  list.check(unmapped(address), isIP(unmapped(address)) === 6 ? "ipv6" : "ipv4");

/** Why a name may not stand for an address; undefined where it may. */
export function refusedAddress(host: string, address: string, allowsPrivate: boolean): string | undefined {
  if (isIn(linkLocal, address))
    return `"${host}" is ${address}, which is link-local: cloud machines keep secrets there`;
  if (allowsPrivate || !isIn(own, address)) return undefined;
  return `"${host}" is ${address}, in a private network: say so in the configuration, { privateNetwork: true }`;
}

/**
 * A look-up that checks the very addresses that are connected to, each time: a name that is private tomorrow is refused
 * tomorrow. An address that the configuration writes itself is not looked up, and is its own permission.
 */
export const guardedLookup =
  (allowsPrivate: boolean): LookupFunction =>
  (host, options, callback) => {
    resolve(host, { ...options, all: true }, (error: Error | null, found: LookupAddress[]) => {
      if (error !== null) return callback(error, "", 0);
      const refused = found
        .map(({ address }) => refusedAddress(host, address, allowsPrivate))
        .find((one) => one !== undefined);
      if (refused !== undefined) return callback(new TenonError("model.unloadable", refused), "", 0);
      const [first] = found;
      if (options.all === true) return callback(null, found);
      return callback(null, first?.address ?? "", first?.family ?? 0);
    });
  };
