import { ApiProperty, ApiPropertyOptions, ApiSchema, DECORATORS } from '@nestjs/swagger';
import { Shown } from './kept-rows.js';

/** Rows of one kind that an export has at most, so that it ends however much was kept. */
export const MAX_EXPORTED_ROWS = 10_000;

/** All that is kept about a user. Each kind of row adds its property with `ExportedAs` or `ExportedAlone`. */
@ApiSchema({ description: 'Each list has the newest first.' })
export class ExportedData {
  @ApiProperty({
    type: [String],
    example: [],
    description: `Names of the lists that end at the newest ${MAX_EXPORTED_ROWS}.`,
  })
  incomplete: string[];
}

/** A property of the export. */
export interface ExportedProperty {
  name: string;
  isList: boolean;
}

const PROPERTIES = new Map<unknown, ExportedProperty>();

function addProperty(shown: Shown<never>, property: ExportedProperty, documented: ApiPropertyOptions): void {
  PROPERTIES.set(shown, property);
  ApiProperty(documented)(ExportedData.prototype, property.name);
  // By name, or the order in which modules are loaded would decide, which a bundle changes.
  const properties = Reflect.getMetadata(DECORATORS.API_MODEL_PROPERTIES_ARRAY, ExportedData.prototype) as string[];
  properties.sort();
}

/** Names and documents the list of the export that shows rows by this class. */
export function ExportedAs(name: string, description: string): (shown: Shown<never>) => void {
  return (shown) => addProperty(shown, { name, isList: true }, { type: [shown], description });
}

/** The same where there is exactly one row. */
export function ExportedAlone(name: string): (shown: Shown<never>) => void {
  return (shown) => addProperty(shown, { name, isList: false }, { type: shown });
}

/** The property of a class. Throws for a class that has none. */
export function exportedProperty(shown: Shown<never>): ExportedProperty {
  const property = PROPERTIES.get(shown);
  if (!property) throw new Error(`${shown.name} is not ExportedAs anything.`);
  return property;
}
