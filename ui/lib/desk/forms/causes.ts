/** What a call-out can turn out to be. The domain says which of them are false calls. */
import { options } from './spec';

export const CAUSES = options(
  ['genuine', 'Genuine'],
  ['attempted', 'Attempted'],
  ['user_error', 'User error'],
  ['equipment_fault', 'Equipment fault'],
  ['power_comms', 'Power or line'],
  ['animal_environment', 'Animal or weather'],
  ['cleaner_contractor', 'Cleaner or contractor'],
  ['unknown', 'Unknown'],
  ['test', 'Test'],
);
