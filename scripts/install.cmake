# SPDX-License-Identifier: Apache-2.0
# make install: header, libraries, pkg-config file, CMake package, the program and its man pages.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set_target_properties(zt_shared zt_static PROPERTIES EXPORT_NAME zt)
set_target_properties(zt_static PROPERTIES EXPORT_NAME zt_static)
install(FILES include/ZeroTierSockets.h DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(TARGETS zt_shared zt_static EXPORT libzt
  LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
if(ZT_PROGRAM)
  install(TARGETS zt RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
  install(DIRECTORY docs/man/ DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 FILES_MATCHING PATTERN "*.1")
  install(FILES packaging/completion/zt.bash
    DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME zt)
endif()

# The prefix is where the file lies, since it is only known when it is installed.
file(RELATIVE_PATH ZT_PC_TO_PREFIX /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
if(NOT ZT_BUNDLE)
  set(ZT_PC_REQUIRES "Requires.private: libcrypto liblz4")
endif()
if(ZT_CENTRAL)
  # its own file would ask for what only a static libcurl needs
  set(ZT_PC_CURL " -lcurl")
endif()
configure_file(scripts/libzt.pc.in libzt.pc @ONLY)
install(FILES ${CMAKE_BINARY_DIR}/libzt.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)

install(EXPORT libzt NAMESPACE libzt:: FILE libztTargets.cmake
  DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/libzt)
configure_package_config_file(scripts/libztConfig.cmake.in libztConfig.cmake
  INSTALL_DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/libzt)
write_basic_package_version_file(libztConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_BINARY_DIR}/libztConfig.cmake ${CMAKE_BINARY_DIR}/libztConfigVersion.cmake
  DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/libzt)
