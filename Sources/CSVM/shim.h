// libsvm (Chang and Lin 2011): the support vector machine of the comparison with texture features.
#include <libsvm/svm.h>
