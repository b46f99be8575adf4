/**
 * Names of fields that hold data about a person, in German and English, as `plainKey` spells them. A usage event is kept as long as the
 * settlement it went into and is shown to the member's council: it must not become a register of citizens.
 */
export const PERSONAL_DATA_KEYS: ReadonlySet<string> = new Set(
  `name names fullname vollername vollstaendigername vollstandigername
  firstname givenname forename vorname vornamen rufname middlename
  lastname surname familyname nachname familienname geburtsname maidenname birthname maedchenname madchenname
  personname customername kundenname citizenname buergername burgername employeename mitarbeitername applicantname
  antragsteller antragstellername callername anrufer anrufername anrede
  geburtsdatum geburtstag gebdatum geburtsort birthdate birthday dateofbirth dob placeofbirth birthplace
  email emails emailaddress emailadresse mail mailaddress mailadresse
  phone phonenumber telephone telephonenumber telefon telefonnummer telefonnr tel rufnummer callernumber
  mobile mobilephone mobilenumber mobil mobilnummer mobiltelefon handy handynummer fax faxnummer faxnumber
  address addresses adresse adressen anschrift wohnanschrift postaladdress street streetname strasse strassenname housenumber hausnummer
  wohnort residence
  iban bankaccount accountnumber kontonummer kontoinhaber accountholder creditcard kreditkarte
  steuerid steueridnr steuernummer steueridentifikationsnummer idnr identifikationsnummer taxid taxnumber tin
  sozialversicherungsnummer svnummer svnr rentenversicherungsnummer rvnummer versichertennummer krankenversichertennummer
  socialsecuritynumber ssn
  personalausweis personalausweisnummer ausweisnummer passnummer reisepass passport passportnumber idcard idcardnumber
  personalnummer personalnr employeenumber
  geschlecht gender sex religion konfession denomination nationality staatsangehoerigkeit staatsangehorigkeit
  familienstand maritalstatus ipaddress ipadresse`.split(/\s+/),
);

const EMAIL = /[^\s@]+@[^\s@]+\.[^\s@]+/;

/** Spelling that `Steuer-ID`, `steuer_id` and `STEUERID`, `Straße` and `strasse` share. */
export function plainKey(key: string): string {
  return key
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll('ß', 'ss')
    .replace(/[^\p{L}\p{N}]/gu, '');
}

export function isPersonalDataKey(key: string): boolean {
  return PERSONAL_DATA_KEYS.has(plainKey(key));
}

export function looksLikeEmail(text: string): boolean {
  return EMAIL.test(text);
}
