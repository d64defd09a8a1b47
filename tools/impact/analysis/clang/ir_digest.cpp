#include "ir_digest.h"

#include <llvm/IR/Constants.h>
#include <llvm/IR/InlineAsm.h>
#include <llvm/IR/Instructions.h>
#include <llvm/IR/IntrinsicInst.h>
#include <llvm/IR/Module.h>
#include <llvm/IR/Operator.h>
#include <llvm/ProfileData/InstrProf.h>
#include <llvm/Support/xxhash.h>

namespace noderig::impact {
namespace {

bool left_out(const llvm::Instruction& instruction) {
  return llvm::isa<llvm::DbgInfoIntrinsic>(instruction) ||
         llvm::isa<llvm::InstrProfInstBase>(instruction);
}

// What only promises the optimiser something that a correct program keeps anyway. The size of a
// class is among it, in every function that takes a reference to one.
bool is_promise(const llvm::Attribute& attribute) {
  return attribute.hasAttribute(llvm::Attribute::Dereferenceable) ||
         attribute.hasAttribute(llvm::Attribute::DereferenceableOrNull) ||
         attribute.hasAttribute(llvm::Attribute::NonNull) ||
         attribute.hasAttribute(llvm::Attribute::NoUndef);
}

}  // namespace

std::string profile_name(const llvm::GlobalValue& value, llvm::StringRef main_file) {
  return llvm::getPGOFuncName(value.getName(), value.getLinkage(), main_file);
}

Digest IrDigest::digest() const {
  return llvm::xxHash64(bytes_);
}

void IrDigest::number(std::uint64_t number) {
  do {
    bytes_.push_back(static_cast<char>((number & 0x7f) | (number > 0x7f ? 0x80 : 0)));
    number >>= 7;
  } while (number != 0);
}

void IrDigest::text(llvm::StringRef text) {
  number(text.size());
  bytes_.append(text.data(), text.size());
}

void IrDigest::write_type(const llvm::Type& type) {
  number(type.getTypeID());
  if (const auto* integer = llvm::dyn_cast<llvm::IntegerType>(&type)) {
    number(integer->getBitWidth());
  } else if (const auto* array = llvm::dyn_cast<llvm::ArrayType>(&type)) {
    number(array->getNumElements());
    write_type(*array->getElementType());
  } else if (const auto* vector = llvm::dyn_cast<llvm::VectorType>(&type)) {
    number(vector->getElementCount().getKnownMinValue());
    write_type(*vector->getElementType());
  } else if (const auto* structure = llvm::dyn_cast<llvm::StructType>(&type)) {
    if (structure->isOpaque()) return;
    number(structure->isPacked());
    number(structure->getNumElements());
    for (const llvm::Type* element : structure->elements()) write_type(*element);
  } else if (const auto* function = llvm::dyn_cast<llvm::FunctionType>(&type)) {
    number(function->isVarArg());
    number(function->getNumParams());
    write_type(*function->getReturnType());
    for (const llvm::Type* parameter : function->params()) write_type(*parameter);
  } else if (const auto* pointer = llvm::dyn_cast<llvm::PointerType>(&type)) {
    number(pointer->getAddressSpace());
  }
}

void IrDigest::write_attribute(const llvm::Attribute& attribute) {
  if (attribute.isStringAttribute()) {
    text(attribute.getKindAsString());
    text(attribute.getValueAsString());
    return;
  }
  number(attribute.getKindAsEnum());
  if (attribute.isIntAttribute()) number(attribute.getValueAsInt());
  if (attribute.isTypeAttribute() && attribute.getValueAsType() != nullptr) {
    write_type(*attribute.getValueAsType());
  }
}

void IrDigest::write_attributes(const llvm::AttributeList& attributes) {
  for (const unsigned index : attributes.indexes()) {
    const llvm::AttributeSet set = attributes.getAttributes(index);
    number(index + 1);
    for (const llvm::Attribute& attribute : set) {
      if (!is_promise(attribute)) write_attribute(attribute);
    }
  }
}

void IrDigest::write_object(const llvm::GlobalObject& object) {
  number(object.getLinkage());
  number(object.getVisibility());
  number(object.getAlign() ? object.getAlign()->value() : 0);
  number(static_cast<unsigned>(object.getThreadLocalMode()));
  text(object.getSection());
}

void IrDigest::add(const llvm::GlobalVariable& variable) {
  write_object(variable);
  number(variable.isConstant());
  write_type(*variable.getValueType());
  if (variable.hasInitializer()) write_constant(*variable.getInitializer());
}

void IrDigest::add(const llvm::Function& function) {
  auto outer = std::move(numbers_);
  numbers_.clear();
  write_object(function);
  number(function.getCallingConv());
  write_type(*function.getFunctionType());
  write_attributes(function.getAttributes());
  if (function.hasPersonalityFn()) write_value(*function.getPersonalityFn());
  unsigned next = 0;
  for (const llvm::Argument& argument : function.args()) numbers_[&argument] = next++;
  for (const llvm::BasicBlock& block : function) {
    numbers_[&block] = next++;
    for (const llvm::Instruction& instruction : block) {
      if (!left_out(instruction)) numbers_[&instruction] = next++;
    }
  }
  for (const llvm::BasicBlock& block : function) {
    number(numbers_[&block]);
    for (const llvm::Instruction& instruction : block) {
      counted_ |= llvm::isa<llvm::InstrProfInstBase>(instruction);
      if (!left_out(instruction)) write_instruction(instruction);
    }
  }
  numbers_ = std::move(outer);
}

void IrDigest::write_instruction(const llvm::Instruction& instruction) {
  number(instruction.getOpcode());
  write_type(*instruction.getType());
  number(instruction.getRawSubclassOptionalData());  // nsw, inbounds, fast-math and their like
  if (write_address(instruction)) return;
  write_details(instruction);
  number(instruction.getNumOperands());
  for (const llvm::Value* operand : instruction.operands()) write_value(*operand);
}

// An address within an object counts by its offset in bytes: the fields behind it do not matter.
bool IrDigest::write_address(const llvm::Value& value) {
  const auto* address = llvm::dyn_cast<llvm::GEPOperator>(&value);
  if (address == nullptr) return false;
  const llvm::DataLayout& layout = module_.getDataLayout();
  const unsigned width = layout.getIndexTypeSizeInBits(address->getType());
  llvm::MapVector<llvm::Value*, llvm::APInt> scaled;
  llvm::APInt offset(width, 0);
  if (!address->collectOffset(layout, width, scaled, offset)) return false;
  write_value(*address->getPointerOperand());
  number(offset.getZExtValue());
  number(scaled.size());
  for (const auto& [index, scale] : scaled) {
    write_value(*index);
    number(scale.getZExtValue());
  }
  return true;
}

// What an instruction says beside its operands.
void IrDigest::write_details(const llvm::Instruction& instruction) {
  if (const auto* address = llvm::dyn_cast<llvm::GetElementPtrInst>(&instruction)) {
    write_type(*address->getSourceElementType());
  } else if (const auto* call = llvm::dyn_cast<llvm::CallBase>(&instruction)) {
    number(call->getCallingConv());
    write_type(*call->getFunctionType());
    write_attributes(call->getAttributes());
    for (unsigned i = 0; i < call->getNumOperandBundles(); ++i) {
      text(call->getOperandBundleAt(i).getTagName());
    }
    if (const auto* plain = llvm::dyn_cast<llvm::CallInst>(call)) number(plain->getTailCallKind());
  } else if (const auto* compare = llvm::dyn_cast<llvm::CmpInst>(&instruction)) {
    number(compare->getPredicate());
  } else if (const auto* local = llvm::dyn_cast<llvm::AllocaInst>(&instruction)) {
    write_type(*local->getAllocatedType());
    number(local->getAlign().value());
  } else if (const auto* load = llvm::dyn_cast<llvm::LoadInst>(&instruction)) {
    number(load->isVolatile());
    number(load->getAlign().value());
    number(static_cast<unsigned>(load->getOrdering()));
  } else if (const auto* store = llvm::dyn_cast<llvm::StoreInst>(&instruction)) {
    number(store->isVolatile());
    number(store->getAlign().value());
    number(static_cast<unsigned>(store->getOrdering()));
  } else if (const auto* extract = llvm::dyn_cast<llvm::ExtractValueInst>(&instruction)) {
    for (const unsigned index : extract->indices()) number(index);
  } else if (const auto* insert = llvm::dyn_cast<llvm::InsertValueInst>(&instruction)) {
    for (const unsigned index : insert->indices()) number(index);
  } else if (const auto* atomic = llvm::dyn_cast<llvm::AtomicRMWInst>(&instruction)) {
    number(atomic->getOperation());
    number(static_cast<unsigned>(atomic->getOrdering()));
  } else if (const auto* exchange = llvm::dyn_cast<llvm::AtomicCmpXchgInst>(&instruction)) {
    number(exchange->isWeak());
    number(static_cast<unsigned>(exchange->getSuccessOrdering()));
    number(static_cast<unsigned>(exchange->getFailureOrdering()));
  } else if (const auto* fence = llvm::dyn_cast<llvm::FenceInst>(&instruction)) {
    number(static_cast<unsigned>(fence->getOrdering()));
  } else if (const auto* shuffle = llvm::dyn_cast<llvm::ShuffleVectorInst>(&instruction)) {
    for (const int lane : shuffle->getShuffleMask()) number(static_cast<std::uint64_t>(lane + 1));
  } else if (const auto* landing = llvm::dyn_cast<llvm::LandingPadInst>(&instruction)) {
    number(landing->isCleanup());
    for (unsigned i = 0; i < landing->getNumClauses(); ++i) number(landing->isCatch(i));
  } else if (const auto* merge = llvm::dyn_cast<llvm::PHINode>(&instruction)) {
    for (const llvm::BasicBlock* block : merge->blocks()) write_value(*block);
  }
}

void IrDigest::write_value(const llvm::Value& value) {
  number(value.getValueID());
  if (const auto* constant = llvm::dyn_cast<llvm::Constant>(&value)) {
    write_constant(*constant);
  } else if (const auto* assembly = llvm::dyn_cast<llvm::InlineAsm>(&value)) {
    text(assembly->getAsmString());
    text(assembly->getConstraintString());
    number(assembly->hasSideEffects());
  } else if (const auto found = numbers_.find(&value); found != numbers_.end()) {
    number(found->second);
  }  // else metadata, which no behaviour depends on
}

void IrDigest::write_constant(const llvm::Constant& constant) {
  number(constant.getValueID());
  if (const auto* global = llvm::dyn_cast<llvm::GlobalValue>(&constant)) {
    write_global(*global);
    return;
  }
  write_type(*constant.getType());
  if (const auto* integer = llvm::dyn_cast<llvm::ConstantInt>(&constant)) {
    for (unsigned i = 0; i < integer->getValue().getNumWords(); ++i) {
      number(integer->getValue().getRawData()[i]);
    }
  } else if (const auto* real = llvm::dyn_cast<llvm::ConstantFP>(&constant)) {
    const llvm::APInt bits = real->getValueAPF().bitcastToAPInt();
    for (unsigned i = 0; i < bits.getNumWords(); ++i) number(bits.getRawData()[i]);
  } else if (const auto* data = llvm::dyn_cast<llvm::ConstantDataSequential>(&constant)) {
    text(data->getRawDataValues());
  } else if (const auto* expression = llvm::dyn_cast<llvm::ConstantExpr>(&constant)) {
    number(expression->getOpcode());
    number(expression->getRawSubclassOptionalData());
    if (expression->isCompare()) number(expression->getPredicate());
    if (write_address(*expression)) return;
    for (const llvm::Value* operand : expression->operands()) write_value(*operand);
  } else if (const auto* label = llvm::dyn_cast<llvm::BlockAddress>(&constant)) {
    write_global(*label->getFunction());
    const auto found = numbers_.find(label->getBasicBlock());
    number(found == numbers_.end() ? 0 : found->second + 1);
  } else {
    for (const llvm::Value* operand : constant.operands()) write_value(*operand);
  }
}

void IrDigest::write_global(const llvm::GlobalValue& value) {
  const bool by_content = value.hasPrivateLinkage() || anonymous_.contains(&value);
  if (!by_content) {
    if (const auto* function = llvm::dyn_cast<llvm::Function>(&value);
        function != nullptr && function->isIntrinsic()) {
      text(value.getName());
      return;
    }
    const std::string name = profile_name(value, main_file_);
    references_.insert(symbol_id(name));
    number(names_.key(name));
    number(value.hasExternalWeakLinkage());
    return;
  }
  const auto [place, first] = inlined_.try_emplace(&value, inlined_.size());
  number(place->second);
  if (!first) return;
  if (const auto* function = llvm::dyn_cast<llvm::Function>(&value)) {
    // Its own counter, if it has one, is not that of what refers to it.
    const bool counted = counted_;
    add(*function);
    counted_ = counted;
  } else if (const auto* variable = llvm::dyn_cast<llvm::GlobalVariable>(&value)) {
    add(*variable);
  } else if (const auto* alias = llvm::dyn_cast<llvm::GlobalAlias>(&value)) {
    write_constant(*alias->getAliasee());
  }
}

}  // namespace noderig::impact
