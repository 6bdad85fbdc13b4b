import { resolve } from 'node:path';
import { isUrl } from '../../config/rules.js';

const FOLDER = /^file:(?!\/\/[^/])(?:\/\/(?=\/))?(.+)$/;
const BUCKET = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
const PREFIX = /^[\w.-]+(\/[\w.-]+)*$/;
const REGION = /^[a-z0-9-]{1,32}$/;
const USUAL_REGION = 'us-east-1';
const USUAL_FOLDER = 'data/recordings';
const PARAMETERS = ['endpoint', 'region', 'folder'];

/** A folder of this machine, or one that instances share. */
export interface FolderPlace {
  folder: string;
}

/** A bucket of an S3-compatible store. */
export interface BucketPlace {
  bucket: string;
  /** Ends with a slash, or is empty. */
  prefix: string;
  /** Without a slash at the end. */
  endpoint: string;
  region: string;
  /** Where a recording is until the bucket has it; absolute. */
  folder: string;
}

function bucketPlaceOf(value: string): BucketPlace | null {
  if (!URL.canParse(value)) return null;
  const { host: bucket, pathname, searchParams, hash, username } = new URL(value);
  const prefix = pathname.replace(/^\/|\/$/g, '');
  const region = searchParams.get('region') ?? USUAL_REGION;
  const endpoint = (searchParams.get('endpoint') ?? `https://s3.${region}.amazonaws.com`).replace(/\/+$/, '');
  const folder = resolve(searchParams.get('folder') ?? USUAL_FOLDER);
  const hasOthers = [...searchParams.keys()].some((name) => !PARAMETERS.includes(name));
  if (hasOthers || hash + username !== '' || !BUCKET.test(bucket) || !REGION.test(region)) return null;
  if (prefix !== '' && (!PREFIX.test(prefix) || prefix.split('/').some((part) => /^\.+$/.test(part)))) return null;
  if (!isUrl(endpoint, ['https:', 'http:']) || /[?#@]/.test(endpoint)) return null;
  return { bucket, prefix: prefix === '' ? '' : `${prefix}/`, endpoint, region, folder };
}

/** Parses RECORDINGS_URL; returns null when it is malformed. */
export function placeOf(value: string): FolderPlace | BucketPlace | null {
  if (value.startsWith('s3://')) return bucketPlaceOf(value);
  const folder = FOLDER.exec(value)?.[1];
  return folder === undefined ? null : { folder: resolve(folder) };
}
