/** Made with @scopelift/stealth-address-sdk 0.2.2 (by authors of ERC-5564) from hashes as private keys; test keys only. */
export const stealthVectors: readonly Readonly<Record<Name, string>>[] = [
  {
    spendingKey: "0x93c50a916d146f8669d7de6c6667658e4678eb4c32ba40318e9b6aab8c943319",
    viewingKey: "0xca2f4f69ede844e72c8544da8d17bebf02f757e1228e87e3d36be216df90a3d7",
    ephemeralKey: "0xf4ef41764a699ccfea9b35c37ee275a9da4defe47d53b25ab3e0491da26dfd53",
    metaAddress:
      "st:eth:0x03d35e1227784ad77e36c89f1f248ccbc5e9b2144c22ebb714832169009028e4b302bd45f72c3f159d8fcefa1ede741b6e6568c37bc20b3fdae92ca4fbbfda985b8e",
    stealthAddress: "0xe5EA8a7db340568a9e1962abec3F6596a53b7106",
    ephemeralPublicKey: "0x03724e9537912a0011b0fc37c1b8f8bcb4ea819092d3a45ea08c9293d6e94e147b",
    viewTag: "0x3f",
    stealthKey: "0xd385732bada9ad548c0fdfe915ca31cdb58e502f7f3e39a05bef3b861f2e4f72",
  },
  {
    spendingKey: "0x0237f02205e4a35b9fe122b968d87e2213d251e251ef954b09d33b9bdf3b322e",
    viewingKey: "0x0a8e34b91ea73b97c188c72de10c3120cab58f577d7bb8543258ec9e775d1e11",
    ephemeralKey: "0xa7fb698c3eb2d9fd3dcb51e576433f918c5521e709e31c981586ab9c7e9c68f9",
    metaAddress:
      "st:eth:0x03b0bdf46cf8c043c6782dd81171b9fc6fd889c9747a10249f311f2e84c41b1d8d03fdc589b92df425eb6de05c9b6ed7f1eb962c29263385cd17d64333d92230b560",
    stealthAddress: "0x8f0669D997531b6e4B9B93C9bb7751b89880127a",
    ephemeralPublicKey: "0x035d76cabd3c9397208f1841c845fae360f19c6a0a357a55559365754177428148",
    viewTag: "0xf6",
    stealthKey: "0xf83f178285d97c8c42e64241499f98b3867d86b09bb1b645befe67747afccdcd",
  },
  {
    spendingKey: "0xfec082e6c7b0227ef46e08e0bd2d4db7c1b3045d3847e331482d3667c30f39bd",
    viewingKey: "0xb5e44effea542b6d93c1ed8f6694906f366b737904332f1d6207e6f3e9b665df",
    ephemeralKey: "0xb9dea47261f8b9ec7c777ea0843584ab5013edf96f11298ceb2c1424b151758d",
    metaAddress:
      "st:eth:0x03ff1703e82349259d7a735b30d6bd778ae3ca03a8a0611bbf748c28a3fa390dd2024874846f232cff488ec5ea246e1aaf5c6f3db4d2fd51d84e4ad55744c5b8ca84",
    stealthAddress: "0x746C96dFdfD9e2EF4213558920956b50a90F3aD6",
    ephemeralPublicKey: "0x03ba7e292ded946c4d87ef5c27ecf36ed349f50d329ab540f1934b900c8698eb33",
    viewTag: "0xc1",
    stealthKey: "0xbfcfa2504ef3d67d9bcc14a29d69560a05ac8bfa051dc7b329476e4344a53b52",
  },
];

type Name =
  | "spendingKey"
  | "viewingKey"
  | "ephemeralKey"
  | "metaAddress"
  | "stealthAddress"
  | "ephemeralPublicKey"
  | "viewTag"
  | "stealthKey";
