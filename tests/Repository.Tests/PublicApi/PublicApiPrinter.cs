using System.Reflection;
using System.Runtime.CompilerServices;

namespace Repository.Tests.PublicApi;

/// <summary>Writes the public surface of an assembly, one line a member, in a stable order.</summary>
internal static class PublicApiPrinter
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance
        | BindingFlags.Static | BindingFlags.DeclaredOnly;

    public static IEnumerable<string> Print(Assembly assembly) => assembly.GetExportedTypes()
        .OrderBy(SignatureText.FullName, StringComparer.Ordinal)
        .SelectMany(type => Members(type).Order(StringComparer.Ordinal).Prepend(Declaration(type)));

    private static string Declaration(Type type)
    {
        if (type.IsSubclassOf(typeof(Delegate)))
        {
            return $"delegate {SignatureText.FullName(type)}{Call(type.GetMethod("Invoke")!)}";
        }

        var kind = type switch
        {
            { IsInterface: true } => "interface",
            { IsEnum: true } => "enum",
            { IsValueType: true } => "struct",
            { IsAbstract: true, IsSealed: true } => "static class",
            { IsAbstract: true } => "abstract class",
            { IsSealed: true } => "sealed class",
            _ => "class",
        };
        return $"{kind} {SignatureText.FullName(type)}{Bases(type)}";
    }

    private static string Bases(Type type)
    {
        if (type.IsEnum)
        {
            return "";
        }

        var inherited = (type.BaseType?.GetInterfaces() ?? []).Concat(
            type.GetInterfaces().SelectMany(contract => contract.GetInterfaces()));
        var contracts = type.GetInterfaces().Except(inherited).Where(contract => contract.IsVisible)
            .Select(SignatureText.Name).Order(StringComparer.Ordinal);
        var parent = type.BaseType is { } known && known != typeof(object) && known != typeof(ValueType)
            ? [SignatureText.Name(known)]
            : Array.Empty<string>();
        var all = parent.Concat(contracts).ToArray();
        return all.Length == 0 ? "" : " : " + string.Join(", ", all);
    }

    private static IEnumerable<string> Members(Type type)
    {
        if (type.IsSubclassOf(typeof(Delegate)))
        {
            return [];
        }

        var name = SignatureText.FullName(type);
        var fields = type.GetFields(Declared)
            .Where(field => !field.IsSpecialName && (field.IsPublic || field.IsFamily || field.IsFamilyOrAssembly))
            .Select(field => $"  {Modifiers(field)}{name}.{field.Name}{Constant(field)} -> "
                + SignatureText.Name(field.FieldType));
        var constructors = type.GetConstructors(Declared).Where(IsSeen).Where(member => !member.IsStatic)
            .Select(constructor => $"  {Modifiers(constructor)}{name}.new{Parameters(constructor)}");
        var properties = type.GetProperties(Declared)
            .Where(property => property.GetAccessors(nonPublic: true).Any(IsSeen))
            .Select(property => $"  {Property(name, property)}");
        var events = type.GetEvents(Declared).Where(member => IsSeen(member.AddMethod!))
            .Select(member => $"  event {name}.{member.Name} -> {SignatureText.Name(member.EventHandlerType!)}");
        var methods = type.GetMethods(Declared).Where(IsSeen)
            .Where(method => !method.IsSpecialName || method.Name.StartsWith("op_", StringComparison.Ordinal))
            .Where(method => !method.IsDefined(typeof(CompilerGeneratedAttribute), inherit: false))
            .Select(method => $"  {Modifiers(method)}{name}.{SignatureText.MethodName(method)}{Call(method)}");
        return type.IsEnum ? fields : [.. fields, .. constructors, .. properties, .. events, .. methods];
    }

    private static bool IsSeen(MethodBase method) =>
        (method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly) && !IsHidden(method);

    /// <summary>What the compiler adds to a record is not written down, its copy constructor included.</summary>
    private static bool IsHidden(MethodBase method) =>
        method.IsFamily && method.IsDefined(typeof(CompilerGeneratedAttribute), inherit: false)
            && method is ConstructorInfo;

    private static string Property(string typeName, PropertyInfo property)
    {
        var accessors = property.GetAccessors(nonPublic: true).Where(IsSeen).ToArray();
        var indexes = property.GetIndexParameters();
        var name = indexes.Length == 0 ? property.Name : $"this[{string.Join(", ", indexes.Select(Parameter))}]";
        var visible = accessors.Select(accessor =>
        {
            var keyword = accessor.ReturnType == typeof(void) ? IsInit(accessor) ? "init;" : "set;" : "get;";
            return accessor.IsPublic == accessors[0].IsPublic ? keyword : "protected " + keyword;
        });
        var required = property.IsDefined(typeof(RequiredMemberAttribute)) ? "required " : "";
        return $"{Modifiers(accessors[0])}{required}{typeName}.{name} {{ {string.Join(" ", visible)} }} -> "
            + SignatureText.Name(property.PropertyType);
    }

    private static bool IsInit(MethodInfo setter) => setter.ReturnParameter
        .GetRequiredCustomModifiers().Contains(typeof(IsExternalInit));

    private static string Constant(FieldInfo field) => field.IsLiteral
        ? " = " + SignatureText.Value(field.DeclaringType!.IsEnum
            ? Convert.ChangeType(field.GetRawConstantValue()!, typeof(long), null)
            : field.GetRawConstantValue())
        : "";

    private static string Modifiers(FieldInfo field) => (field.IsFamily || field.IsFamilyOrAssembly ? "protected " : "")
        + (field.DeclaringType!.IsEnum ? "" : field.IsLiteral ? "const " : field.IsStatic ? "static " : "")
        + (field.IsInitOnly ? "readonly " : "");

    private static string Modifiers(MethodBase method)
    {
        var access = method.IsPublic ? "" : "protected ";
        if (method.DeclaringType!.IsInterface)
        {
            return method.IsStatic ? "static " : "";
        }

        var isOverride = method is MethodInfo info && info.GetBaseDefinition().DeclaringType != method.DeclaringType;
        return access + method switch
        {
            { IsStatic: true } => "static ",
            { IsAbstract: true } => isOverride ? "abstract override " : "abstract ",
            _ when isOverride => method.IsFinal ? "sealed override " : "override ",
            { IsVirtual: true, IsFinal: false } => "virtual ",
            _ => "",
        };
    }

    private static string Call(MethodInfo method) => $"{Parameters(method)} -> {SignatureText.Name(method.ReturnType)}";

    private static string Parameters(MethodBase method)
    {
        var extension = method.IsDefined(typeof(ExtensionAttribute), inherit: false) ? "this " : "";
        return $"({extension}{string.Join(", ", method.GetParameters().Select(Parameter))})";
    }

    private static string Parameter(ParameterInfo parameter)
    {
        var mode = parameter switch
        {
            { IsOut: true } => "out ",
            { ParameterType.IsByRef: true, IsIn: true } => "in ",
            { ParameterType.IsByRef: true } => "ref ",
            _ when parameter.IsDefined(typeof(ParamArrayAttribute)) => "params ",
            _ => "",
        };
        var value = parameter.HasDefaultValue ? " = " + SignatureText.Value(parameter.DefaultValue) : "";
        return $"{mode}{SignatureText.Name(parameter.ParameterType)} {parameter.Name}{value}";
    }
}
