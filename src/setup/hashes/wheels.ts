// SHA-256 of the wheels of wheels.ts, one for each machine. Written by test/setup/fixtures/make-wheel-hashes.ts.

export const wheelHashes: Readonly<Record<string, readonly string[]>> = {
  'tensorflow-cpu==2.21.0': ['dcc8afd32930e42d5296b6ee19078b773706830af4ea97fbe503b9f5e0f820cb'],
  'tensorflow==2.21.0': [
    'b07d15737406533898e36c7ef7944b1be18e9028dc521b9229952c537bbc5552',
    'b3b95643c4e70eb925839938fb35cbe142f317ec84af6844ee61513713bb13c0',
  ],
  'nvidia-cublas-cu12==12.9.3.13': [
    '918a8781956115d34b1db49e0e7b7befba8d101661c4b560ed4d42e0e17bebc3',
    'd7d51055f161b317c7105ddaae90e71eda059026074ffef93cf7cde2886bfe72',
  ],
  'nvidia-cuda-cupti-cu12==12.8.90': [
    '4412396548808ddfed3f17a467b104ba7751e6b58678a4b840675c56d21cf7ed',
    'ea0cb07ebda26bb9b29ba82cda34849e73c166c18162d3913575b0c9db9a6182',
  ],
  'nvidia-cuda-nvcc-cu12==12.9.86': [
    '44e1eca4d08926193a558d2434b1bf83d57b4d5743e0c431c0c83d51da1df62b',
    '5d6a0d32fdc7ea39917c20065614ae93add6f577d840233237ff08e9a38f58f0',
  ],
  'nvidia-cuda-nvrtc-cu12==12.9.86': [
    '096d4de6bda726415dfaf3198d4f5c522b8e70139c97feef5cd2ca6d4cd9cead',
    '210cf05005a447e29214e9ce50851e83fc5f4358df8b453155d5e1918094dcb4',
  ],
  'nvidia-cuda-runtime-cu12==12.9.79': [
    '25bba2dfb01d48a9b59ca474a1ac43c6ebf7011f1b0b8cc44f54eb6ac48a96c3',
    '83469a846206f2a733db0c42e223589ab62fd2fabac4432d2f8802de4bded0a4',
  ],
  'nvidia-cudnn-cu12==9.28.0.42': [
    '9ff58b7f36dacd0a93e89f8f2957b52466889217963701daa15e577317cfa375',
    'f88db8fc1a0a5f458e19aa7b08fbe3500aeb9e2bb8dea6293ecbce170364ad72',
  ],
  'nvidia-cufft-cu12==11.4.1.4': [
    '1a28c9b12260a1aa7a8fd12f5ebd82d027963d635ba82ff39a1acfa7c4c0fbcf',
    'c67884f2a7d276b4b80eb56a79322a95df592ae5e765cf1243693365ccab4e28',
  ],
  'nvidia-curand-cu12==10.3.10.19': [
    '49b274db4780d421bd2ccd362e1415c13887c53c214f0d4b761752b8f9f6aa1e',
    'de663377feb1697e1d30ed587b07d5721fdd6d2015c738d7528a6002a6134d37',
  ],
  'nvidia-cusolver-cu12==11.7.5.82': [
    '15da72d1340d29b5b3cf3fd100e3cd53421dde36002eda6ed93811af63c40d88',
    '62efa83e4ace59a4c734d052bb72158e888aa7b770e1a5f601682f16fe5b4fd2',
  ],
  'nvidia-cusparse-cu12==12.5.10.65': [
    '221c73e7482dd93eda44e65ce567c031c07e2f93f6fa0ecd3ba876a195023e83',
    '73060ce019ac064a057267c585bf1fd5a353734151f87472ff02b2c5c9984e78',
  ],
  'nvidia-nccl-cu12==2.32.3': [
    '061af42ae1044816820e16b872075e243d1ac0656f51860fbc8e106c257aa83a',
    'bb94b2348e4861d5e8aa00b36c3d12d9bdf9c6369b82cbb723de0b582280a21c',
  ],
  'nvidia-nvjitlink-cu12==12.9.86': [
    '994a05ef08ef4b0b299829cde613a424382aff7efb08a7172c1fa616cc3af2ca',
    'e3f1171dbdc83c5932a45f0f4c99180a70de9bd2718c1ab77d14104f6d7147f9',
  ],
};
