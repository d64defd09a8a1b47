# Run by CTest when it starts: one test a scenario, with what its metadata says. Before it are set:
# noderig_program, noderig_build_directory, and the lists noderig_scenarios (names) and
# noderig_plugins (the file of each).
#
#   LABELS            functional, and the scenario's tags
#   TIMEOUT           when noderig has ended what hangs, and said where, on however slow and busy a
#                     machine: CTest need end nothing but noderig itself
#   COST              seconds in past runs, as noderig knows them or else CTest; before there are any,
#                     the scenario's timeout, so that what may take long begins early. CTest keeps no
#                     processor free for what needs several, which would wait until all else has
#                     ended: it begins before all that needs one
#   PROCESSORS        one for every four nodes: nodes mostly wait for each other
#   SKIP_RETURN_CODE  77
cmake_policy(VERSION 3.25)

# The program finds its own plugins by itself; others it is told of.
cmake_path(GET noderig_program PARENT_PATH noderig_own_plugins)
cmake_path(GET noderig_own_plugins PARENT_PATH noderig_own_plugins)
cmake_path(APPEND noderig_own_plugins lib/noderig/scenarios)
set(noderig_list ${noderig_program} list --json --without-daemon ${noderig_scenarios})
foreach(name plugin IN ZIP_LISTS noderig_scenarios noderig_plugins)
  cmake_path(GET plugin PARENT_PATH directory)
  set(noderig_plugin_option_${name})
  if(NOT directory STREQUAL noderig_own_plugins)
    set(noderig_plugin_option_${name} --plugin ${plugin})
    list(APPEND noderig_list --plugin ${plugin})
  endif()
endforeach()

execute_process(COMMAND ${noderig_list} ERROR_QUIET
  OUTPUT_VARIABLE noderig_listed RESULT_VARIABLE noderig_status)
if(NOT noderig_status EQUAL 0)
  # Something is not built yet, or refused: a test that fails says what.
  add_test(noderig_list ${noderig_list})
  set_tests_properties(noderig_list PROPERTIES LABELS functional)
  return()
endif()

# What CTest has measured itself; it uses that for tests without a COST.
set(noderig_measured)
set(noderig_cost_file ${noderig_build_directory}/Testing/Temporary/CTestCostData.txt)
if(EXISTS ${noderig_cost_file})
  file(STRINGS ${noderig_cost_file} noderig_measured)
endif()

string(JSON noderig_count LENGTH "${noderig_listed}" scenarios)
math(EXPR noderig_last "${noderig_count} - 1")
foreach(index RANGE ${noderig_last})
  string(JSON scenario GET "${noderig_listed}" scenarios ${index})
  string(JSON name GET "${scenario}" name)
  string(JSON nodes GET "${scenario}" nodes)
  string(JSON timeout GET "${scenario}" timeout_seconds)
  string(JSON cost GET "${scenario}" expected_seconds)  # empty for null
  string(JSON tag_count LENGTH "${scenario}" tags)
  set(labels functional)
  if(tag_count GREATER 0)
    math(EXPR last_tag "${tag_count} - 1")
    foreach(tag_index RANGE ${last_tag})
      string(JSON tag GET "${scenario}" tags ${tag_index})
      list(APPEND labels ${tag})
    endforeach()
  endif()
  string(JSON latest_end GET "${scenario}" latest_end_seconds)
  math(EXPR processors "(${nodes} + 3) / 4")
  if(processors EQUAL 0)
    set(processors 1)
  endif()

  add_test(${name} ${noderig_program} run ${name} ${noderig_plugin_option_${name}})
  set_tests_properties(${name} PROPERTIES
    LABELS "${labels}"
    TIMEOUT ${latest_end}
    PROCESSORS ${processors}
    SKIP_RETURN_CODE 77)
  set(measured ${noderig_measured})
  list(FILTER measured INCLUDE REGEX "^${name} [1-9]")
  if(cost STREQUAL "" AND (NOT measured OR processors GREATER 1))
    set(cost ${timeout})
  endif()
  if(processors GREATER 1)
    string(REGEX MATCH "^[0-9]+" cost "${cost}")
    math(EXPR cost "${cost} + 1000000")
  endif()
  if(NOT cost STREQUAL "")
    set_tests_properties(${name} PROPERTIES COST ${cost})
  endif()
endforeach()
