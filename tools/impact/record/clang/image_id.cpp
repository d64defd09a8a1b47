#include <impact/record/profile.h>
#include <llvm/Object/ObjectFile.h>

namespace noderig::impact {

ImageId image_id(const std::filesystem::path& program) {
  auto opened = llvm::object::ObjectFile::createObjectFile(program.string());
  if (!opened) {
    llvm::consumeError(opened.takeError());  // not there, or no program
    return kUnknownImage;
  }
  for (const llvm::object::SectionRef& section : opened->getBinary()->sections()) {
    auto name = section.getName();
    auto contents = section.getContents();
    const bool found = name && contents && *name == "__llvm_prf_data";
    const ImageId image =
        found ? image_id(std::as_bytes(std::span(contents->data(), contents->size())))
              : kUnknownImage;
    llvm::consumeError(name.takeError());
    llvm::consumeError(contents.takeError());
    if (found) return image;
  }
  return kUnknownImage;
}

}  // namespace noderig::impact
