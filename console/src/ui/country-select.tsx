import type { ComponentProps } from 'react';

import { useSpeech } from '../words/words.tsx';
import { Select } from './field.tsx';

/** The EU and EEA first: that is where most machines of our readers stand. */
const eea = 'AT BE BG HR CY CZ DK EE FI FR DE GR HU IS IE IT LV LI LT LU MT NL NO PL PT RO SK SI ES SE'.split(
  ' ',
);

/** The other officially assigned codes of ISO 3166-1. */
const others =
  'AD AE AF AG AI AL AM AO AQ AR AS AU AW AX AZ BA BB BD BF BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX DJ DM DO DZ EC EG EH ER ET FJ FK FM FO GA GB GD GE GF GG GH GI GL GM GN GP GQ GS GT GU GW GY HK HM HN HT ID IL IM IN IO IQ IR JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LK LR LS LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MU MV MW MX MY MZ NA NC NE NF NG NI NP NR NU NZ OM PA PE PF PG PH PK PM PN PR PS PW PY QA RE RS RU RW SA SB SC SD SG SH SJ SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW'.split(
    ' ',
  );

export function CountrySelect(props: Omit<ComponentProps<'select'>, 'children'>) {
  const { words, format } = useSpeech();
  const options = (codes: readonly string[]) =>
    codes
      .map((code) => ({ code, name: format.country(code) }))
      .sort((left, right) => format.compare(left.name, right.name))
      .map(({ code, name }) => (
        <option key={code} value={code}>
          {name}
        </option>
      ));
  return (
    <Select {...props}>
      <option value="">{words.common.choose}</option>
      <optgroup label={words.common.eea}>{options(eea)}</optgroup>
      <optgroup label={words.common.elsewhere}>{options(others)}</optgroup>
    </Select>
  );
}
