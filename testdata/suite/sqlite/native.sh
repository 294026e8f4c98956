#!/bin/sh
# Installs the packages with their compiled parts built for this Node.js, for the run without containers. The npm package of
# Node.js has its headers, but not the two files that node-gyp wants beside them.
set -e
headers="$PWD/node-headers"
version="$(node -p 'process.versions.node')"
package="node-$(node -p 'process.platform + "-" + process.arch')"
npm install --prefix "$headers" --no-save --ignore-scripts "$package@$version"
mkdir -p "$headers/include"
cp -r "$headers/node_modules/$package/include/node" "$headers/include/"
node -p 'JSON.stringify(process.config)' > "$headers/include/node/config.gypi"
cat > "$headers/include/node/common.gypi" <<'GYPI'
{
  'target_defaults': {
    'default_configuration': 'Release',
    'configurations': { 'Release': { 'cflags': ['-O2'] } },
    'cflags': ['-fPIC', '-w'],
    'cflags_cc': ['-std=gnu++20', '-fno-rtti', '-fno-exceptions'],
    'conditions': [['OS=="mac"', { 'xcode_settings': { 'CLANG_CXX_LANGUAGE_STANDARD': 'gnu++20' } }]],
  },
}
GYPI
npm ci --nodedir="$headers"
