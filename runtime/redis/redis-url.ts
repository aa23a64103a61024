/** Reads `REDIS_URL`: finds its faults before a connection is made. Loads no driver. */
import { type ServiceUrl, ServiceUrlError, toServiceUrl, type UrlRules } from '../core/service-url.ts';

const rules: UrlRules = {
  schemes: ['redis', 'rediss'],
  refuse: (fault) => new ServiceUrlError('REDIS_URL', fault, 'redis://127.0.0.1:6379, or rediss:// with TLS'),
};

/** Parses the URL. @throws ServiceUrlError that shows no part of user and password */
export function redisUrl(given: string | ServiceUrl): ServiceUrl {
  const url = toServiceUrl(given, rules);
  if (url.servers[0] === '') throw rules.refuse('names no host');
  if (/^\/?\d*$/.test(url.path)) return url;
  throw rules.refuse('names a database that is no number: redis://host:port/0');
}
