// Small programs with tests of their own, which the mutation check edits. Each test is a function
// that the program runs when it is started with its name; exit status 0 means passed. Value types.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace noderig::impact {

struct Replacement {
  std::string file;
  std::string from;
  std::string to;
};

struct SampleProgram {
  std::string name;
  std::map<std::string, std::string> files;
  std::vector<std::string> tests;
  // Edits that no operator makes: overrides, overloads, bases, fields, initialisers.
  std::vector<Replacement> edits;
};

std::vector<SampleProgram> sample_programs();

}  // namespace noderig::impact
