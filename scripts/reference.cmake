# SPDX-License-Identifier: Apache-2.0
# make docs: the API reference, where doxygen is there.
find_program(ZT_DOXYGEN doxygen)
if(ZT_DOXYGEN)
  configure_file(scripts/Doxyfile.in Doxyfile @ONLY)
  add_custom_target(reference COMMAND ${ZT_DOXYGEN} ${CMAKE_BINARY_DIR}/Doxyfile VERBATIM)
endif()
